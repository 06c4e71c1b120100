"""What I hold: licences and benefits."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.capability.entitlements import queries as entitlements
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.support.licences import queries as licences

_A_PAGE: Final = 20


@access(CITIZEN)
@require_safe
def holdings(request: HttpRequest) -> HttpResponse:
    """My licences and benefits."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    held_after = request.GET.get("licences", "")[:40]
    paid_after = request.GET.get("benefits", "")[:40]
    held = licences.list_licences(actor, at=moments.now(), after=held_after, limit=_A_PAGE)
    paid = entitlements.list_entitlements(actor, after=paid_after, limit=_A_PAGE)
    values = {
        "licences": held.rows,
        "licences_next": f"?licences={held.next}#licences" if held.next else "",
        "licences_first": "/my/licences/" if held_after else "",
        "entitlements": paid.rows,
        "benefits_next": f"?benefits={paid.next}#benefits" if paid.next else "",
        "benefits_first": "/my/licences/#benefits" if paid_after else "",
    }
    return render(request, "citizen/holdings.html", values)
