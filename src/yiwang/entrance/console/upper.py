"""上级平台: how talking to it goes, what waits, what is tried again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.upper import actions, queries
from yiwang.foundation.upper.definitions import State
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_upper(request: HttpRequest) -> HttpResponse:
    """Reached or not, since when; everything that went up or came down."""
    after = request.GET.get("after", "")[:20]
    page = queries.list_items(_actor(request), after=after)
    context = {
        "links": navigation.links(request),
        "contact": queries.get_contact(),
        "rows": [(one, one.state == State.WAITING) for one in page.rows],
        "done": request.GET.get("done", ""),
        "next": f"?after={page.next}" if page.next else "",
        "first": "?" if after else "",
    }
    return render(request, "console/upper.html", context)


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def try_again(request: HttpRequest, upper_key: str) -> HttpResponse:
    """At the next round instead of later."""
    actions.try_again(key=upper_key, actor=_actor(request), at=now())
    return HttpResponseRedirect("/console/upper/?done=1")
