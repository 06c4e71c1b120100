"""今日: the hall's day counted, what is handed over, and one's own turns to print from again."""

from __future__ import annotations

from datetime import date, datetime, time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.capability.halls import queries
from yiwang.capability.journey import counter
from yiwang.entrance.hall import navigation
from yiwang.entrance.hall.navigation import STAFF_ROLES, actor_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import SHANGHAI, legal_date, now


@require_safe
@access(OFFICIAL, roles=STAFF_ROLES)
def show_day(request: HttpRequest) -> HttpResponse:
    """The count of one hall on one day; without a choice the hall one is on duty in, today."""
    actor, at = actor_of(request), now()
    halls = queries.list_halls(actor)
    shift = queries.find_shift(actor)
    wanted = request.GET.get("hall", "")[:16] or (shift.counter.hall if shift else "")
    chosen = next((one for one in halls if one.key == wanted), next(iter(halls), None))
    on = _day(request.GET.get("on", ""), legal_date(at))
    begin = datetime.combine(on, time(), SHANGHAI)
    values = {
        "links": navigation.links(request),
        "halls": halls,
        "chosen": chosen,
        "on": on,
        "day": counter.count_day(hall=chosen.key, on=on, actor=actor, at=at) if chosen else None,
        "turns": queries.list_sessions(actor, since=begin, limit=100),
    }
    return render(request, "hall/today.html", values)


def _day(given: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return otherwise
