"""What every door does: say where a visitor comes from, let him in with a cookie, show the form again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from yiwang.kernel.refusals import Refusal
from yiwang.support.identity import queries as identity
from yiwang.support.identity.definitions import (
    COOKIE,
    DEVICE_COOKIE,
    DEVICE_LIFE,
    Origin,
    SignedIn,
)
from yiwang.support.identity.definitions.factors import Challenge

_LONGEST = 500


def origin_of(request: HttpRequest) -> Origin:
    """Address (by the configured number of our own proxies), device cookie, browser."""
    address = identity.client_address(
        remote=request.META.get("REMOTE_ADDR", ""),
        forwarded=request.headers.get("X-Forwarded-For", ""),
    )
    device = request.COOKIES.get(DEVICE_COOKIE, "")[:_LONGEST]
    return Origin(address, device, request.headers.get("User-Agent", "")[:_LONGEST])


def enter(signed_in: SignedIn, where: str) -> HttpResponse:
    """To the page the visitor wanted, with the session's secret in a cookie no script can read."""
    response = HttpResponseRedirect(where)
    _set(response, COOKIE, signed_in.token, signed_in.max_age)
    if signed_in.device:
        _set(response, DEVICE_COOKIE, signed_in.device, int(DEVICE_LIFE.total_seconds()))
    return response


def _set(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def again(
    request: HttpRequest, template: str, refusal: Refusal, given: dict[str, Any]
) -> HttpResponse:
    """The same form with what is wrong on top; 429 says how long to wait."""
    page = render(request, template, {**given, "refusal": refusal}, status=refusal.status)
    if hasattr(refusal, "retry_after_seconds"):
        page.headers["Retry-After"] = str(refusal.retry_after_seconds)
    return page


def question(challenge: Challenge) -> HttpResponse:
    """What the browser asks its passkeys; ``state`` comes back with the answer."""
    response = JsonResponse({"state": challenge.state, "options": challenge.options})
    response.headers["Cache-Control"] = "no-store"
    return response


def answered(request: HttpRequest) -> dict[str, str]:
    """The two fields a passkey form sends."""
    return {
        "state": request.POST.get("state", "")[:_LONGEST],
        "answer": request.POST.get("answer", ""),
    }
