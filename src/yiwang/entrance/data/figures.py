"""共享成效: departments in the order of how they answer requests for their data."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.entrance.data import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements.definitions import REQUEST_ROLES
from yiwang.kernel.moments import now

_SPANS: Final = (("90", "近三个月"), ("365", "近一年"), ("1096", "近三年"))


@require_GET
@access(OFFICIAL, roles=REQUEST_ROLES)
def show_figures(request: HttpRequest) -> HttpResponse:
    """Figures only: who asked for what stays with those concerned."""
    wanted = request.GET.get("days", "")
    days = wanted if wanted in dict(_SPANS) else "365"
    at = now()
    context = {
        "links": navigation.links(request),
        "tabs": [(value, label, value == days) for value, label in _SPANS],
        "label": dict(_SPANS)[days],
        "rows": queries.list_offices(since=at - timedelta(days=int(days)), until=at),
    }
    return render(request, "data/figures.html", context)
