"""The simulator's page: short messages and e-mails of the sample installation, readable here only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.entrance.shell.access import ANYONE, access
from yiwang.support.messages import queries as messages


@access(ANYONE)
@require_safe
def sms(request: HttpRequest) -> HttpResponse:
    """The newest simulated ones, phones and addresses masked; outside the sample there is no such page."""
    values = {"rows": messages.list_simulated_sms(), "emails": messages.list_simulated_emails()}
    page = render(request, "citizen/sms_simulator.html", values)
    page.headers["Cache-Control"] = "no-store"
    return page
