"""What I hold: licences and benefits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.capability.entitlements import queries as entitlements
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.support.licences import queries as licences


@access(CITIZEN)
@require_safe
def holdings(request: HttpRequest) -> HttpResponse:
    """My licences and benefits."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    values = {
        "licences": licences.list_licences(actor, at=moments.now()),
        "entitlements": entitlements.list_entitlements(actor),
    }
    return render(request, "citizen/holdings.html", values)
