"""消息: topics of this node, subscriptions and their queues, dead letters and what becomes of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.topics import queries


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_messages(request: HttpRequest) -> HttpResponse:
    """How every queue of this node stands; dead letters are sent again or put away from here."""
    actor = request.actor  # type: ignore[attr-defined]
    after = request.GET.get("after", "")[:16]
    rows = queries.list_subscriptions(actor, after=after)
    letters = [letter for _place, letter in queries.list_dead(actor)]
    context = {
        "links": navigation.links(request),
        "rows": rows,
        "topics": queries.list_topics(actor),
        "letters": letters,
        "titles": exchange.titles_of({one.topic for one in rows} | {one.topic for one in letters}),
        "systems": exchange.system_names_of(
            {one.system for one in rows} | {one.system for one in letters}
        ),
        "dead": queries.count_dead(),
        "waiting": sum(row.waiting for row in rows),
        "failing": sum(bool(row.failure) for row in rows),
        "oldest": min((row.oldest for row in rows if row.oldest), default=None),
        "next": f"?after={rows[-1].key}" if len(rows) == queries.PAGE else "",
        "first": "?" if after else "",
    }
    return render(request, "console/exchange/messages.html", context)
