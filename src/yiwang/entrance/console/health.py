"""The console's first page: every check of the installation, and what waits for an operator."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.cloud.backup import queries as backup_queries
from yiwang.cloud.health import queries as health_queries
from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_health(request: HttpRequest) -> HttpResponse:
    """What /readyz decides by, with the figures it does not show."""
    checks = health_queries.check_all(at=now())
    context = {
        "links": navigation.links(request),
        "checks": checks,
        "ready": health_queries.is_ready(checks),
        "backup": backup_queries.get_standing(settings.BACKUP),
    }
    return render(request, "console/health.html", context)
