"""文件投递: a file for a catalogued resource: checked first, then taken, or put back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import SOURCES
from yiwang.entrance.data.sources import SHOWN
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.datasources import actions as source_actions
from yiwang.foundation.datasources import queries as sources
from yiwang.foundation.datasources.definitions import DROP_STATE_LABELS, OFFICERS, DropState
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

DROPS = f"{SOURCES}drops/"


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=OFFICERS)
def drops(request: HttpRequest) -> HttpResponse:
    """The files sent so far, and a form for one more: checking it changes nothing."""
    actor = actor_of(request)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            sent = request.FILES.get("file")
            if sent is None:
                raise typed.wrong("file", "还没有选文件")
            made = source_actions.check_drop(
                resource=typed.text_in(request, "resource", label="资源代码", most=40),
                data=sent.read(),
                filename=sent.name or "",
                actor=actor,
                at=now(),
            )
            return HttpResponseRedirect(f"{DROPS}{made.key}/")
        except Refusal as refused:
            if refused.status not in (*SHOWN, 404):
                raise
            refusal = refused
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "resource": request.POST.get("resource", request.GET.get("resource", ""))[:40],
        "rows": [
            {"one": one, "state": DROP_STATE_LABELS[one.state]} for one in sources.list_drops(actor)
        ],
    }
    return render(request, "data/drops.html", context, status=refusal.status if refusal else 200)


@require_GET
@access(OFFICIAL, roles=OFFICERS)
def show_drop(request: HttpRequest, drop_key: str) -> HttpResponse:
    """The report on one file, row by row, and what may be done with it."""
    return _page(request, sources.get_drop(drop_key, actor_of(request)))


@require_POST
@access(OFFICIAL, roles=OFFICERS)
def take_act(request: HttpRequest, drop_key: str, drop_act: str) -> HttpResponse:
    """Take the checked file, or put the one before it back."""
    actor = actor_of(request)
    view = sources.get_drop(drop_key, actor)
    act = {"take": source_actions.take_drop, "undo": source_actions.undo_drop}.get(drop_act)
    if act is None:
        raise NotFound
    try:
        act(drop=view.key, version=typed.version_in(request), actor=actor, at=now())
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return _page(request, view, refusal)
    return HttpResponseRedirect(f"{DROPS}{view.key}/")


def _page(
    request: HttpRequest, view: sources.DropView, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "one": view,
        "state": DROP_STATE_LABELS[view.state],
        "may_take": view.state is DropState.CHECKED,
    }
    return render(request, "data/drop.html", context, status=refusal.status if refusal else 200)
