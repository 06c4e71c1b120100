"""电子档案: what is due, packages and their tests, hand-overs, appraisal and destruction by two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.capability.archives import actions as archives
from yiwang.capability.archives import queries
from yiwang.capability.archives.definitions import (
    HOLD_LABELS,
    KEEPERS,
    TAB_LABELS,
    HoldGround,
    PackageRow,
    Tab,
)
from yiwang.capability.archives.definitions.retention import PERIOD_LABELS, Period
from yiwang.capability.journey import archiving
from yiwang.entrance.desk.forms import Form, show
from yiwang.entrance.desk.navigation import ARCHIVES, links
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.downloads import send_file
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal

PAGE_SIZE: Final = 50
Do = Callable[[HttpRequest, PackageRow, Actor, datetime], object]


@dataclass(frozen=True, slots=True)
class ArchiveAct:
    """One act on a package: its words, its boxes, what it does, the name it has in the row."""

    name: str
    title: str
    says: tuple[str, ...]
    button: str
    fields: tuple[Field, ...]
    do: Do
    kind: str = ""


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _build(request: HttpRequest, row: PackageRow, actor: Actor, at: datetime) -> object:
    del request
    return archiving.archive(package_key=row.key, actor=actor, at=at)


def _test(request: HttpRequest, row: PackageRow, actor: Actor, at: datetime) -> object:
    del request
    return archives.check_package(key=row.key, actor=actor, at=at)


def _hold(request: HttpRequest, row: PackageRow, actor: Actor, at: datetime) -> object:
    ground = request.POST.get("ground", "")
    if ground not in HOLD_LABELS:
        raise typed.wrong("ground", "还没有选因为什么", "，请选择")
    reason = typed.text_in(request, "reason", label="文号和原因", most=500)
    return archives.place_hold(
        key=row.key, ground=HoldGround(ground), reason=reason, actor=actor, at=at
    )


def _lift(request: HttpRequest, row: PackageRow, actor: Actor, at: datetime) -> object:
    del request
    return archives.lift_hold(key=row.key, actor=actor, at=at)


def _prolong(request: HttpRequest, row: PackageRow, actor: Actor, at: datetime) -> object:
    period = request.POST.get("period", "")
    if period not in PERIOD_LABELS:
        raise typed.wrong("period", "还没有选再保存多久", "，请选择")
    return archives.prolong(
        key=row.key, version=typed.version_in(request), period=Period(period),
        reason=typed.text_in(request, "reason", label="继续保存的理由", most=500),
        actor=actor, at=at,
    )  # fmt: skip


PACKAGE_ACTS: Final[Mapping[str, ArchiveAct]] = {
    "build": ArchiveAct(
        "build",
        "归档",
        (
            "把这一件的申请表、材料、文书、结果、时间账、意见和日志封成一个档案包，做真实性、完整性、可用性、安全性检测。",
            "检测不合格就不归档，会说明怎么办。",
        ),
        "归档",
        (),
        _build,
        "main",
    ),
    "test": ArchiveAct(
        "test", "检测", ("重新做一次四性检测，结果记入这件档案。",), "开始检测", (), _test
    ),
    "hold": ArchiveAct(
        "hold",
        "封存",
        ("复议、诉讼期间封存的档案不能销毁，由单位负责人解除。",),
        "封存",
        (
            Field("ground", "因为什么", "choice", options=tuple(HOLD_LABELS.items())),
            Field("reason", "文号和原因", "long"),
        ),
        _hold,
    ),
    "lift": ArchiveAct(
        "lift", "解除封存", ("解除以后，保管期限届满的可以鉴定销毁。",), "解除封存", (), _lift
    ),
    "prolong": ArchiveAct(
        "prolong",
        "继续保存",
        ("重新划定保管期限，从今天所在年度的下一年算起。",),
        "继续保存",
        (
            Field("period", "再保存多久", "choice", options=tuple(PERIOD_LABELS.items())),
            Field("reason", "理由", "long"),
        ),
        _prolong,
    ),
}


@require_GET
@access(OFFICIAL, roles=KEEPERS)
def show_archives(request: HttpRequest) -> HttpResponse:
    """One list of packages, narrowed by an archive number."""
    given = request.GET.get("tab", Tab.DUE)
    tab = Tab(given) if given in TAB_LABELS else Tab.DUE
    return page_of(request, tab)


def page_of(request: HttpRequest, tab: Tab, refusal: Refusal | None = None) -> HttpResponse:
    """The list; after a refusal with its reason on top and what was ticked kept."""
    after = request.GET.get("after", "")[:16]
    number = request.GET.get("archive_no", "").strip()[:60]
    page = queries.list_packages(
        actor_of(request), tab=tab, at=now(), archive_no=number, after=after, limit=PAGE_SIZE
    )
    may = "offer" if tab is Tab.ARCHIVED else "condemn" if tab is Tab.EXPIRED else ""
    context = {
        "links": links(request),
        "tab": tab,
        "label": TAB_LABELS[tab],
        "tabs": [(f"?tab={one}", label, one == tab) for one, label in TAB_LABELS.items()],
        "rows": page.rows,
        "may": may,
        "choosable": any(may in row.acts for row in page.rows) if may else False,
        "chosen": request.POST.getlist("packages"),
        "reason": request.POST.get("reason", "")[:500],
        "number": number,
        "next": f"?tab={tab}&after={page.next}" if page.next else "",
        "first": f"?tab={tab}" if after else "",
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/archives.html", context, status=status)


@require_GET
@access(OFFICIAL, roles=KEEPERS)
def show_package(request: HttpRequest, package_key: str) -> HttpResponse:
    """One package: what it is, what the tests said, who holds it, where it is listed."""
    return _package_page(request, package_key)


def _package_page(request: HttpRequest, key: str, refusal: Refusal | None = None) -> HttpResponse:
    view = queries.get_package(key, actor_of(request), at=now())
    acts = [(slug, act) for slug, act in PACKAGE_ACTS.items() if act.name in view.row.acts]
    context = {
        "links": links(request), "view": view, "row": view.row, "acts": acts,
        "last": view.runs[0] if view.runs else None, "earlier": view.runs[1:],
        "refusal": refusal,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return render(request, "desk/archive.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def take_act(request: HttpRequest, package_key: str, slug: str) -> HttpResponse:
    """Ask once more, then do it."""
    actor, act, back = actor_of(request), PACKAGE_ACTS[slug], f"{ARCHIVES}{package_key}/"
    row = queries.get_package(package_key, actor, at=now()).row
    if act.name not in row.acts:
        return HttpResponseRedirect(back)
    form = Form(
        f"{act.title}：{row.archive_no or row.case_no}", act.says, act.button, f"{back}{slug}/",
        back, "回到这件档案", row.version, act.fields, act.kind,
    )  # fmt: skip
    if request.method != "POST":
        return show(request, form)
    try:
        act.do(request, row, actor, now())
    except Refusal as refusal:
        if refusal.status not in (409, 422, 503):
            raise
        return show(request, form, refusal=refusal)
    return HttpResponseRedirect(back)


@require_POST
@access(OFFICIAL, roles=KEEPERS)
def take_out(request: HttpRequest, package_key: str) -> HttpResponseBase:
    """The whole package as a file; why, and who, is written down where the person can read it."""
    actor, at = actor_of(request), now()
    queries.get_package(package_key, actor, at=at)
    try:
        purpose = typed.text_in(request, "purpose", label="用来做什么", most=200)
    except Refusal as refusal:
        return _package_page(request, package_key, refusal)
    opened = archives.open_package(key=package_key, purpose=purpose, actor=actor, at=at)
    return send_file(opened)
