"""The simulator's page: short messages of the sample installation, readable here only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.entrance.shell.access import ANYONE, access
from yiwang.support.messages import queries as messages


@access(ANYONE)
@require_safe
def sms(request: HttpRequest) -> HttpResponse:
    """The newest simulated short messages, phones masked; outside the sample there is no such page."""
    rows = messages.list_simulated_sms()
    page = render(request, "citizen/sms_simulator.html", {"rows": rows})
    page.headers["Cache-Control"] = "no-store"
    return page
