"""``/healthz`` the process, ``/readyz`` the installation, ``/metrics`` the figures. No details."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from yiwang.cloud.health import queries
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel import moments
from yiwang.project import metrics


@require_safe
@access(ANYONE)
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@access(ANYONE)
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when people can be served, else 503; names and good or not, no figures."""
    del request
    checks = queries.check_all(at=moments.now())
    ready = queries.is_ready(checks)
    answer = {"ready": ready, "checks": {check.name: check.good for check in checks}}
    response = JsonResponse(answer, status=200 if ready else 503)
    response.headers["Cache-Control"] = "no-store"
    if not ready:
        response.headers["Retry-After"] = "10"
    return response


@require_safe
@access(ANYONE)
def show_metrics(request: HttpRequest) -> HttpResponse:
    """For a monitor on this machine or this network; counts and ages only."""
    del request
    checks = queries.check_all(at=moments.now())
    gauges = {check.name: check.value for check in checks}
    return HttpResponse(
        metrics.exposition(gauges), content_type="text/plain; version=0.0.4; charset=utf-8"
    )
