"""统一身份认证, both ends: at a member's door the way to the host and back; at the host the person's word."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.citizen.sign_in import CHOOSE_FIRM, refused_page
from yiwang.entrance.shell.access import ANYONE, CITIZEN, access
from yiwang.entrance.shell.entering import enter, origin_of
from yiwang.entrance.shell.returning import next_of, safe_path
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import ASSURANCE_LABELS
from yiwang.support.identity.definitions.sso import (
    BACK_PATH,
    DEPARTURE_COOKIE,
    DEPARTURE_LIFE,
    DEPARTURE_PATH,
    CannotArrive,
    NeedsConsent,
    NotAgreed,
)

_LEVELS: Final = {"3": 3, "4": 4, "5": 5}


@access(ANYONE)
@require_GET
def depart(request: HttpRequest) -> HttpResponse:
    """To the host: to sign in there, or, for who is signed in and was asked for more, to prove more."""
    level = _LEVELS.get(request.GET.get("level", ""), 2)
    try:
        gone = identity.depart(
            where=next_of(request, otherwise="/my/"),
            firm=request.GET.get("tab") == "firm",
            level=level,
            session_key=request.session_key if level > 2 else "",  # type: ignore[attr-defined]
            at=moments.now(),
        )
    except Refusal as refusal:
        return refused_page(request, refusal)
    response = HttpResponseRedirect(gone.address)
    response.set_cookie(
        DEPARTURE_COOKIE,
        gone.cookie,
        max_age=int(DEPARTURE_LIFE.total_seconds()),
        path=DEPARTURE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@access(ANYONE)
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Back from the host, once: in, or the sign-in page says why not and the local ways stand there."""
    try:
        response = _arrive(request)
    except Refusal as refusal:
        response = refused_page(request, refusal)
    response.delete_cookie(DEPARTURE_COOKIE, path=DEPARTURE_PATH)
    return response


def _arrive(request: HttpRequest) -> HttpResponse:
    cookie = request.COOKIES.get(DEPARTURE_COOKIE, "")
    if not cookie:
        raise CannotArrive
    if request.GET.get("denied"):
        raise NotAgreed
    arrival = identity.arrive(
        cookie=cookie,
        state=request.GET.get("state", "")[:100],
        code=request.GET.get("code", "")[:100],
        origin=origin_of(request),
        at=moments.now(),
    )
    rotate_token(request)
    where = safe_path(arrival.next)
    if arrival.firm:
        where = CHOOSE_FIRM + "?" + urlencode({"next": where})
    return enter(arrival.signed_in, where)


@access(CITIZEN, own=True)
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """At the host: who asks, what it is given, and my word; then back to its registered address alone."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    given = request.POST if request.method == "POST" else request.GET
    asking = queries.get_asking(
        node=given.get("node", ""),
        state=given.get("state", ""),
        challenge=given.get("challenge", ""),
        level=given.get("level", ""),
    )
    queries.insist_on_assurance(actor, level=asking.level)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            where = identity.hand_over(
                asking=asking,
                agreed=request.POST.get("agreed") == "yes",
                session_key=request.session_key,  # type: ignore[attr-defined]
                actor=actor,
                at=moments.now(),
            )
        except NeedsConsent as error:
            refusal = error
        else:
            return HttpResponseRedirect(where)
    values = {
        "asking": asking,
        "agreed_before": queries.has_consented(actor, asking.node),
        "level_label": gettext(ASSURANCE_LABELS.get(actor.assurance_level, "")),
        "deny": f"{asking.web.rstrip('/')}{BACK_PATH}?"
        + urlencode({"state": asking.state, "denied": "1"}),
        "refusal": refusal,
    }
    page = render(
        request, "citizen/authorize.html", values, status=refusal.status if refusal else 200
    )
    page.form_leads_to = asking.web  # type: ignore[attr-defined]
    return page
