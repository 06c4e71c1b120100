"""为别人办理: the switch by which one goes on for somebody who gave a mandate, and back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.views.decorators.http import require_POST

from yiwang.entrance.citizen.acts import actor_of
from yiwang.entrance.shell.access import CITIZEN, SIGNED_IN, access
from yiwang.entrance.shell.entering import enter, origin_of
from yiwang.entrance.shell.returning import next_of
from yiwang.kernel import moments
from yiwang.support.identity import actions as identity


@access(CITIZEN, own=True)
@require_POST
def begin(request: HttpRequest, mandate_key: str) -> HttpResponse:
    """Go on for the giver; every page says so until one leaves."""
    signed_in = identity.choose_mandate(
        session_key=request.session_key,  # type: ignore[attr-defined]
        mandate=mandate_key,
        actor=actor_of(request),
        origin=origin_of(request),
        at=moments.now(),
    )
    rotate_token(request)
    return enter(signed_in, next_of(request, otherwise="/my/"))


@access(SIGNED_IN)
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Back to oneself; open also when the mandate is over."""
    signed_in = identity.choose_organization(
        session_key=request.session_key,  # type: ignore[attr-defined]
        organization=None,
        actor=actor_of(request),
        origin=origin_of(request),
        at=moments.now(),
    )
    rotate_token(request)
    return enter(signed_in, next_of(request, otherwise="/my/"))
