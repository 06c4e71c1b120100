"""纸质结果和原件: the shelf, originals and courier bags of the official's body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.deliveries import actions as deliveries
from yiwang.capability.deliveries import queries
from yiwang.capability.deliveries.definitions import TAKER_LABELS, Identity, Taker
from yiwang.entrance.desk.forms import Form, boxes, show
from yiwang.entrance.desk.navigation import BAGS, DESK_ROLES, ORIGINALS, SHELF, links
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.network.directory import queries as directory

PAGE_SIZE: Final = 50
_WHY: Final = Field("reason", "说明", "long")
Do = Callable[[HttpRequest, str, int, Actor, datetime], object]


@dataclass(frozen=True, slots=True)
class PaperAct:
    """One act on a piece: its words, its boxes, what it does."""

    title: str
    says: tuple[str, ...]
    button: str
    fields: tuple[Field, ...]
    do: Do
    kind: str = "main"


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _text(request: HttpRequest, name: str, most: int = 300) -> str:
    return request.POST.get(name, "").strip()[:most]


def _collect(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    taker = _text(request, "taker")
    if taker not in TAKER_LABELS:
        raise typed.wrong("taker", "还没有选谁来领", "，请选择")
    who = Identity(
        Taker(taker),
        typed.text_in(request, "name", label="领取人姓名", most=100),
        _text(request, "number", 30),
        authority=_text(request, "authority"),
        seen=_text(request, "seen", 60),
    )
    return journey.collect(key=key, version=version, who=who, actor=actor, at=at)


def _post(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    return deliveries.post(
        key=key, version=version, actor=actor, at=at,
        receiver=typed.text_in(request, "receiver", label="收件人", most=100),
        phone=typed.text_in(request, "phone", label="收件人电话", most=30),
        address=typed.text_in(request, "address", label="收件地址", most=300),
    )  # fmt: skip


def _with_reason(verb: Callable[..., object]) -> Do:
    def do(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
        reason = typed.text_in(request, "reason", label="说明", most=500)
        return verb(key=key, version=version, reason=reason, actor=actor, at=at)

    return do


def _give_back(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    receiver = typed.text_in(request, "receiver", label="由谁取回", most=100)
    return deliveries.give_back(key=key, version=version, receiver=receiver, actor=actor, at=at)


def _seal(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    seal_no = typed.text_in(request, "seal_no", label="封条号", most=40)
    return deliveries.seal_bag(key=key, version=version, seal_no=seal_no, actor=actor, at=at)


def _hand_over(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    del request
    return deliveries.hand_over_bag(key=key, version=version, actor=actor, at=at)


def _receive(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    return deliveries.receive_bag(
        key=key, version=version, actor=actor, at=at,
        seal_no=typed.text_in(request, "seal_no", label="封条号", most=40),
        arrived=request.POST.getlist("arrived")[:500],
        seal_broken=request.POST.get("seal_broken") == "1",
        remark=_text(request, "remark", 500),
    )  # fmt: skip


def _pack(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    return journey.pack(
        key=key, version=version, original=_text(request, "original", 16), actor=actor, at=at
    )


SHELF_ACTS: Final[Mapping[str, PaperAct]] = {
    "collect": PaperAct(
        "核验身份，交给领取人",
        ("请看证件原件，照着输入。姓名和号码与登记不一致的不能交出；交出后生成送达回证。",),
        "核对无误，交出",
        (
            Field("taker", "谁来领", "choice", options=tuple(TAKER_LABELS.items())),
            Field("name", "领取人姓名", "text"),
            Field("number", "身份证号", "text", "没有身份证的不填，写下面的证件", optional=True),
            Field("seen", "其他证件", "text", "例如：护照，写明号码后四位", optional=True),
            Field(
                "authority", "收存的委托书", "text", "代领才填；平台上有授权的不用", optional=True
            ),
        ),
        _collect,
    ),
    "post": PaperAct(
        "邮寄",
        ("交给寄递企业，运单号和走到哪里，申请人在办件页看得到。",),
        "交寄",
        (
            Field("receiver", "收件人", "text"),
            Field("phone", "收件人电话", "text"),
            Field("address", "收件地址", "long"),
        ),
        _post,
    ),
    "return": PaperAct(
        "退回办理单位",
        ("长时间没有人领取的，退回办理单位保管，会告诉申请人。需要时可以重新上架。",),
        "退回",
        (_WHY,),
        _with_reason(deliveries.take_off_shelf),
        "danger",
    ),
}
ORIGINAL_ACTS: Final[Mapping[str, PaperAct]] = {
    "give-back": PaperAct(
        "退还原件",
        ("退还后会告诉申请人。",),
        "已退还",
        (Field("receiver", "由谁取回", "text", "例如：本人，核对了身份证"),),
        _give_back,
    ),
    "report-missing": PaperAct(
        "报告找不到",
        ("会马上告诉申请人，正在查找，不影响办理期限。",),
        "报告",
        (Field("reason", "最后一次在哪里见到，怎么查", "long"),),
        _with_reason(deliveries.report_missing),
        "danger",
    ),
    "find": PaperAct(
        "找到了",
        ("会告诉申请人。",),
        "找到了",
        (Field("reason", "在哪里找到的", "long"),),
        _with_reason(deliveries.find_original),
    ),
}
BAG_ACTS: Final[Mapping[str, Do]] = {
    "pack": _pack,
    "seal": _seal,
    "hand-over": _hand_over,
    "receive": _receive,
}
#: A page's slug → the name of the act in its table.
_ACT_OF: Final[Mapping[str, str]] = {
    "give-back": "give_back",
    "report-missing": "report_missing",
    "hand-over": "hand_over",
}


def _refused(request: HttpRequest, do: Do, key: str) -> Refusal | None:
    """Take one act; what the person can mend comes back, everything else is raised."""
    try:
        do(request, key, typed.version_in(request), _actor(request), now())
    except NotFound:
        raise
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return refusal
    return None


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_shelf(request: HttpRequest) -> HttpResponse:
    """What lies ready, oldest first; or what left."""
    waiting = request.GET.get("list") != "LEFT"
    after = request.GET.get("after", "")[:16]
    page = queries.list_shelf(_actor(request), waiting=waiting, after=after, limit=PAGE_SIZE)
    tab = "" if waiting else "list=LEFT&"
    context = {
        "links": links(request),
        "waiting": waiting,
        "rows": page.rows,
        "next": f"?{tab}after={page.next}" if page.next else "",
        "first": f"?{tab}" if after else "",
    }
    return render(request, "desk/shelf.html", context)


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_shelf_item(request: HttpRequest, shelf_key: str) -> HttpResponse:
    """One result: where it lies, what may be done with it."""
    row = queries.get_shelf_item(shelf_key, _actor(request))
    parcels = queries.list_case_parcels(row.case_key)
    acts = [(slug, one) for slug, one in SHELF_ACTS.items() if slug in row.acts]
    context = {"links": links(request), "row": row, "acts": acts, "parcels": parcels}
    return render(request, "desk/shelf_item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def take_shelf_act(request: HttpRequest, shelf_key: str, slug: str) -> HttpResponse:
    """Ask once more, then do it."""
    row = queries.get_shelf_item(shelf_key, _actor(request))
    return _take(
        request, SHELF_ACTS[slug], slug, row.key, row.version, row.acts, SHELF, row.document
    )


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_originals(request: HttpRequest) -> HttpResponse:
    """Originals still to be given back, oldest first; or given back."""
    held = request.GET.get("list") != "BACK"
    after = request.GET.get("after", "")[:16]
    page = queries.list_originals(_actor(request), held=held, after=after, limit=PAGE_SIZE)
    tab = "" if held else "list=BACK&"
    context = {
        "links": links(request),
        "held": held,
        "rows": page.rows,
        "next": f"?{tab}after={page.next}" if page.next else "",
        "first": f"?{tab}" if after else "",
    }
    return render(request, "desk/originals.html", context)


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_original(request: HttpRequest, original_key: str) -> HttpResponse:
    """One original: where it is, what may be done."""
    row = queries.get_original(original_key, _actor(request))
    acts = [(slug, a) for slug, a in ORIGINAL_ACTS.items() if _ACT_OF.get(slug, slug) in row.acts]
    return render(
        request, "desk/original.html", {"links": links(request), "row": row, "acts": acts}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def take_original_act(request: HttpRequest, original_key: str, slug: str) -> HttpResponse:
    """Ask once more, then do it."""
    row = queries.get_original(original_key, _actor(request))
    return _take(
        request, ORIGINAL_ACTS[slug], slug, row.key, row.version, row.acts, ORIGINALS, row.name
    )


def _take(
    request: HttpRequest,
    act: PaperAct,
    slug: str,
    key: str,
    version: int,
    acts: tuple[str, ...],
    where: str,
    what: str,
) -> HttpResponse:
    back = f"{where}{key}/"
    if _ACT_OF.get(slug, slug) not in acts:
        return HttpResponseRedirect(back)
    form = Form(
        f"{act.title}：{what}", act.says, act.button, f"{back}{slug}/", back, "回去", version,
        act.fields, act.kind,
    )  # fmt: skip
    if request.method != "POST":
        return show(request, form)
    refusal = _refused(request, act.do, key)
    return show(request, form, refusal=refusal) if refusal else HttpResponseRedirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def show_bags(request: HttpRequest) -> HttpResponse:
    """Bags sent and coming, and an empty one to begin."""
    actor, refusal = _actor(request), None
    if request.method == "POST":
        try:
            bag = deliveries.begin_bag(
                sender=_text(request, "sender", 18), receiver=_text(request, "receiver", 18),
                actor=actor, at=now(),
            )  # fmt: skip
        except Refusal as error:
            refusal = error
        else:
            return HttpResponseRedirect(f"{BAGS}{bag.key}/")
    after = request.GET.get("after", "")[:16]
    page = queries.list_bags(actor, after=after, limit=PAGE_SIZE)
    context = {
        "links": links(request),
        "rows": page.rows,
        "next": f"?after={page.next}" if page.next else "",
        "first": "?" if after else "",
        "fields": boxes(_bodies(actor), request, refusal),
        "refusal": refusal,
    }
    return render(request, "desk/bags.html", context, status=refusal.status if refusal else 200)


def _bodies(actor: Actor) -> tuple[Field, ...]:
    """From which of the official's bodies, to which body of the same place."""
    own = {grant.department for grant in actor.grants if grant.department}
    places = {grant.division_code for grant in actor.grants}
    near = [one for place in sorted(places) for one in directory.list_departments(place)]
    mine = [(one.uscc, one.name) for one in near if not own or one.uscc in own]
    return (
        Field("sender", "从哪个单位", "choice", options=tuple(mine)),
        Field("receiver", "送到哪个单位", "choice", options=tuple((o.uscc, o.name) for o in near)),
    )


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_bag(request: HttpRequest, bag_key: str) -> HttpResponse:
    """One bag with its list, and the next step."""
    return _bag_page(request, bag_key)


def _bag_page(request: HttpRequest, key: str, refusal: Refusal | None = None) -> HttpResponse:
    actor = _actor(request)
    bag = queries.get_bag(key, actor)
    context = {
        "links": links(request),
        "bag": bag,
        "packable": queries.list_packable(key, actor) if "pack" in bag.acts else (),
        "arrived": request.POST.getlist("arrived"),
        "given": {name: request.POST.get(name, "")[:500] for name in ("seal_no", "remark")},
        "refusal": refusal,
    }
    return render(request, "desk/bag.html", context, status=refusal.status if refusal else 200)


@require_http_methods(["POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def take_bag_act(request: HttpRequest, bag_key: str, slug: str) -> HttpResponse:
    """Pack, seal, hand over, count."""
    queries.get_bag(bag_key, _actor(request))
    refusal = _refused(request, BAG_ACTS[slug], bag_key)
    if refusal:
        return _bag_page(request, bag_key, refusal)
    return HttpResponseRedirect(f"{BAGS}{bag_key}/")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def put_on_shelf(request: HttpRequest, case_key: str) -> HttpResponse:
    """A case's result lies ready."""
    case = cases.get_case(case_key, _actor(request), at=now())
    back = f"/desk/cases/{case_key}/"
    form = Form(
        "结果上架", ("会给一个架号，并告诉申请人到哪里领、带什么；没有人领的到时提醒。",), "上架，通知申请人",
        f"{back}shelf/", back, "回到办件", case.version,
        (Field("place", "在哪里领", "text", "写明大厅和窗口"),),
    )  # fmt: skip
    if request.method != "POST":
        return show(request, form)
    refusal = _refused(
        request,
        lambda r, key, _version, actor, at: journey.put_on_shelf(
            case_key=key, place=typed.text_in(r, "place", label="在哪里领", most=200), actor=actor,
            at=at,
        ),
        case_key,
    )  # fmt: skip
    return show(request, form, refusal=refusal) if refusal else HttpResponseRedirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def take_in(request: HttpRequest, case_key: str) -> HttpResponse:
    """Originals come in for a case."""
    case = cases.get_case(case_key, _actor(request), at=now())
    back = f"/desk/cases/{case_key}/"
    form = Form(
        "收下原件", ("会出原件接收凭证。能核对后当场退还的，不要收下。",), "收下，出凭证",
        f"{back}originals/", back, "回到办件", case.version,
        (Field("pieces", "收了哪些原件", "long", "一行一件；不止一份的，在后面空一格写份数，例如：房产证 2"),),
    )  # fmt: skip
    if request.method != "POST":
        return show(request, form)
    refusal = _refused(
        request,
        lambda r, key, _version, actor, at: journey.take_in_originals(
            case_key=key, pieces=_pieces(r), actor=actor, at=at
        ),
        case_key,
    )
    return show(request, form, refusal=refusal) if refusal else HttpResponseRedirect(back)


def _pieces(request: HttpRequest) -> list[tuple[str, int]]:
    """“房产证 2” is two copies; a name without a number is one."""
    found = []
    for line in typed.text_in(request, "pieces", label="收了哪些原件").splitlines():
        name, _, count = line.strip().rpartition(" ")
        if name and count.isascii() and count.isdecimal() and len(count) < 4:
            found.append((name.strip(), int(count)))
        elif line.strip():
            found.append((line.strip(), 1))
    return found
