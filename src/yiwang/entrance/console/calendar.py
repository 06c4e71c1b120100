"""The working-day calendar: until when it is settled, what is provisional beyond, what it says."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import legal_date, now
from yiwang.mechanisms.clocks import queries as clocks

#: With fewer days left a new notice should have been imported.
SOON_DAYS: Final = 60


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_calendar(request: HttpRequest) -> HttpResponse:
    """How far due dates are final, the notices brought in, and the special days still to come."""
    calendar, today = clocks.get_calendar(), legal_date(now())
    left = (calendar.settled_until - today).days
    context = {
        "links": navigation.links(request),
        "settled_until": calendar.settled_until,
        "days_left": max(left, 0),
        "soon": left < SOON_DAYS,
        "first_year": calendar.first_year,
        "last_year": calendar.last_year,
        "notices": clocks.list_notices(),
        "coming": [calendar.days[on] for on in sorted(calendar.days) if on >= today],
    }
    return render(request, "console/calendar.html", context)
