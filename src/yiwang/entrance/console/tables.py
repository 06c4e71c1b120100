"""整表交换 as operators see it: every table that is taken here, the sheets of both sides, pause and go on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.exchange import parts
from yiwang.foundation.tables import actions, queries
from yiwang.foundation.tables.definitions import CopyState
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_tables(request: HttpRequest) -> HttpResponse:
    """How far each table is, and what both sides signed of their days."""
    context = {
        "links": navigation.links(request),
        "copies": queries.list_copies(_actor(request)),
        "sheets": parts.list_sheets(),
        "done": request.GET.get("done", ""),
    }
    return render(request, "console/exchange/tables.html", context)


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def turn(request: HttpRequest) -> HttpResponse:
    """Pause a table, or let it go on."""
    paused = request.POST.get("act") == "pause"
    actions.turn_copy(
        copy=request.POST.get("copy", "")[:16],
        state=CopyState.PAUSED if paused else CopyState.RUNNING,
        version=typed.version_in(request),
        actor=_actor(request),
        at=now(),
    )
    return HttpResponseRedirect("/console/exchange/tables/?done=1")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
