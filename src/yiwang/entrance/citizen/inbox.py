"""My messages."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from yiwang.entrance.citizen.addresses import page_of
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.support.messages import actions as message_actions
from yiwang.support.messages import queries as messages

_A_PAGE: Final = 20


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@access(CITIZEN, own=True)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """My messages, newest first; ``?message=`` begins with the one an e-mail was about."""
    after, begin = (request.GET.get(name, "")[:40] for name in ("after", "message"))
    rows = messages.list_messages(_actor(request), after=after, begin=begin, limit=_A_PAGE + 1)
    more = len(rows) > _A_PAGE
    rows = rows[:_A_PAGE]
    values = {
        "rows": [(row, page_of(row.subject)) for row in rows],
        "unread": any(row.read_at is None for row in rows),
        "next": f"/my/messages/?after={rows[-1].key}" if more else "",
        "first": "/my/messages/" if after or begin else "",
    }
    return render(request, "citizen/messages.html", values)


@access(CITIZEN, own=True)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """I have read them."""
    with transaction.atomic():
        message_actions.mark_all_read(actor=_actor(request), at=moments.now())
    return HttpResponseRedirect("/my/messages/")
