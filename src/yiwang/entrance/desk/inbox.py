"""An official's own notices."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.desk import navigation
from yiwang.entrance.desk.cards import ROLES as DESK_AND_LEADERS
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.resources.definitions.codes import READERS
from yiwang.kernel.moments import now
from yiwang.support.messages import actions, queries

_PAGE: Final = 20
#: Who gets notices: who handles cases, leads, or works with data.
ROLES: Final = (*DESK_AND_LEADERS, *READERS)


@require_GET
@access(OFFICIAL, roles=ROLES)
def show_messages(request: HttpRequest) -> HttpResponse:
    """The newest first; unread ones are marked; ``?message=`` begins with the one an e-mail was about."""
    after, begin = (request.GET.get(name, "")[:80] for name in ("after", "message"))
    actor = request.actor  # type: ignore[attr-defined]
    rows = queries.list_messages(actor, after=after, begin=begin, limit=_PAGE)
    following = rows[-1].key if len(rows) == _PAGE else ""
    context = {"links": navigation.links(request), "messages": rows, "next": following}
    return render(request, "desk/messages.html", context)


@require_POST
@access(OFFICIAL, roles=ROLES)
def mark_read(request: HttpRequest, message_key: str) -> HttpResponse:
    """Read; NotFound for another's."""
    actions.mark_read(key=message_key, actor=request.actor, at=now())  # type: ignore[attr-defined]
    return HttpResponseRedirect("/desk/messages/")
