"""``/healthz`` the process, ``/readyz`` the installation, ``/metrics`` the figures. No details."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from yiwang.cloud.health import queries
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel import moments
from yiwang.kernel.refusals import NotFound
from yiwang.project import metrics

#: What a proxy adds: who came through one did not come from this machine.
PASSED_ON: Final = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


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
    """Counts and ages, for the operator's monitor; NotFound for everybody else."""
    if not may_read_figures(request):
        raise NotFound
    checks = queries.check_all(at=moments.now())
    gauges = {check.name: check.value for check in checks}
    return HttpResponse(
        metrics.exposition(gauges), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def may_read_figures(request: HttpRequest) -> bool:
    """With the operator's word; in the sample, where none is set, from this machine itself."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    if not settings.SAMPLE or any(name in request.headers for name in PASSED_ON):
        return False
    return _is_this_machine(request.META.get("REMOTE_ADDR", ""))


def _is_this_machine(remote: str) -> bool:
    try:
        address = ipaddress.ip_address(remote)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
