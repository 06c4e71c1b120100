"""My space: what waits, and my cases."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.capability.cases import queries as cases
from yiwang.entrance.citizen import waiting
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.support.mandates import queries as mandates
from yiwang.support.messages import queries as messages

_A_PAGE: Final = 20


@access(CITIZEN)
@require_safe
def space(request: HttpRequest) -> HttpResponse:
    """Everything of mine on one page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = moments.now()
    after = request.GET.get("after", "")[:80]
    page = cases.list_cases(actor, at=at, after=after, limit=_A_PAGE)
    values = {
        "waiting": waiting.for_actor(actor, at=at),
        "cases": page.rows,
        "next": f"/my/?after={page.next}" if page.next else "",
        "first": "/my/" if after else "",
        "unread": messages.count_unread(actor),
        "usable": mandates.list_usable(actor, at=at) if actor.on_behalf_of is None else (),
    }
    return render(request, "citizen/my.html", values)
