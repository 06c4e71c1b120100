"""移交清册和销毁清册: begun from ticked packages, sent or confirmed, read as a page, PDF or CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.capability.archives import actions as archives
from yiwang.capability.archives import queries
from yiwang.capability.archives.definitions import (
    BATCH_KIND_LABELS,
    KEEPERS,
    BatchKind,
    Tab,
)
from yiwang.capability.journey import archiving
from yiwang.entrance.desk.archives import PAGE_SIZE, actor_of, page_of
from yiwang.entrance.desk.navigation import ARCHIVES, links
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.downloads import send_file
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal

Do = Callable[[HttpRequest, str, int, Actor, datetime], object]


def _send(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    del request
    return archives.send_hand_over(key=key, version=version, actor=actor, at=at)


def _drop(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    package = typed.text_in(request, "package", label="哪一件", most=16)
    return archives.drop_from_hand_over(
        key=key, version=version, package=package, actor=actor, at=at
    )


def _confirm(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    if request.POST.get("sure") != "1":
        raise typed.wrong("sure", "还没有勾选“内容不能恢复”", "，请看清楚再确认")
    return archiving.confirm_destruction(batch_key=key, version=version, actor=actor, at=at)


def _decline(request: HttpRequest, key: str, version: int, actor: Actor, at: datetime) -> object:
    reason = typed.text_in(request, "reason", label="不同意的理由", most=500)
    return archives.decline_destruction(key=key, version=version, reason=reason, actor=actor, at=at)


LIST_ACTS: Final[Mapping[str, Do]] = {
    "send": _send,
    "drop": _drop,
    "confirm": _confirm,
    "decline": _decline,
}


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def hand_overs(request: HttpRequest) -> HttpResponse:
    """Hand-overs of the body, newest first; ticked packages begin a new one."""
    if request.method != "POST":
        return _lists(request, BatchKind.HAND_OVER)
    try:
        batch = archives.begin_hand_over(
            packages=request.POST.getlist("packages")[:500], actor=actor_of(request), at=now()
        )
    except Refusal as refusal:
        return _again(request, Tab.ARCHIVED, refusal)
    return HttpResponseRedirect(f"{ARCHIVES}lists/{batch.key}/")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def destructions(request: HttpRequest) -> HttpResponse:
    """Destructions of the body, newest first; ticked packages are proposed."""
    if request.method != "POST":
        return _lists(request, BatchKind.DESTRUCTION)
    try:
        batch = archives.propose_destruction(
            packages=request.POST.getlist("packages")[:500],
            reason=request.POST.get("reason", "").strip(), actor=actor_of(request), at=now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _again(request, Tab.EXPIRED, refusal)
    return HttpResponseRedirect(f"{ARCHIVES}lists/{batch.key}/")


def _again(request: HttpRequest, tab: Tab, refusal: Refusal) -> HttpResponse:
    if refusal.status not in (409, 422):
        raise refusal
    return page_of(request, tab, refusal)


def _lists(request: HttpRequest, kind: BatchKind) -> HttpResponse:
    after = request.GET.get("after", "")[:16]
    page = queries.list_batches(actor_of(request), kind=kind, after=after, limit=PAGE_SIZE)
    context = {
        "links": links(request),
        "label": BATCH_KIND_LABELS[kind],
        "rows": page.rows,
        "next": f"?after={page.next}" if page.next else "",
        "first": "?" if after else "",
    }
    return render(request, "desk/archive_lists.html", context)


@require_GET
@access(OFFICIAL, roles=KEEPERS)
def show_list(request: HttpRequest, batch_key: str) -> HttpResponse:
    """One list with its lines and the next step."""
    return _page(request, batch_key)


def _page(request: HttpRequest, key: str, refusal: Refusal | None = None) -> HttpResponse:
    view = queries.get_batch(key, actor_of(request))
    context = {
        "links": links(request), "view": view, "row": view.row, "refusal": refusal,
        "reason": request.POST.get("reason", "")[:500],
        "open": view.row.state in ("OPEN", "REFUSED"),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return render(request, "desk/archive_list.html", context, status=status)


@require_POST
@access(OFFICIAL, roles=KEEPERS)
def take_act(request: HttpRequest, batch_key: str, slug: str) -> HttpResponse:
    """Send, drop, confirm, decline."""
    actor, at = actor_of(request), now()
    queries.get_batch(batch_key, actor)
    try:
        LIST_ACTS[slug](request, batch_key, typed.version_in(request), actor, at)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _page(request, batch_key, refusal)
    return HttpResponseRedirect(f"{ARCHIVES}lists/{batch_key}/")


@require_GET
@access(OFFICIAL, roles=KEEPERS)
def show_document(request: HttpRequest, batch_key: str) -> HttpResponseBase:
    """The printed list."""
    return send_file(queries.open_document(batch_key, actor_of(request)))


@require_POST
@access(OFFICIAL, roles=KEEPERS)
def export(request: HttpRequest, batch_key: str) -> HttpResponse:
    """The list for a machine; who took it is written down."""
    data = archives.export_list(key=batch_key, actor=actor_of(request), at=now())
    return HttpResponse(
        data,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="archives.csv"'},
    )
