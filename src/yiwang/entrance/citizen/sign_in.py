"""Signing in and out: persons by password, code or passkey, firms through their legal representative."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.entrance.shell.access import ANYONE, CITIZEN, access
from yiwang.entrance.shell.entering import again, answered, enter, origin_of, question
from yiwang.entrance.shell.returning import next_of
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity.definitions import COOKIE, AccountKind, SignedIn

CHOOSE_FIRM = "/sign-in/firm/"


def _given(request: HttpRequest) -> dict[str, Any]:
    asked = request.POST if request.method == "POST" else request.GET
    return {
        "tab": "firm" if asked.get("tab") == "firm" else "person",
        "way": "code" if asked.get("way") == "code" else "password",
        "next": next_of(request),
        "login": asked.get("login", "")[:60] if request.method == "POST" else "",
        "phone": asked.get("phone", "")[:20] if request.method == "POST" else "",
        "sample": settings.SAMPLE,
        "host": identity_queries.find_host(),
    }


def refused_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The sign-in page with what is wrong on top: another way in is right below."""
    return again(request, "citizen/sign_in.html", refusal, _given(request))


@access(ANYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page: person and firm tabs, password or short-message code."""
    given = _given(request)
    if request.method != "POST":
        return render(request, "citizen/sign_in.html", given)
    try:
        signed_in = _try(request, given["way"])
    except Refusal as refusal:
        return again(
            request, "citizen/sign_in.html", refusal, given | {"sent": given["way"] == "code"}
        )
    return _in(request, signed_in, given)


def _in(request: HttpRequest, signed_in: SignedIn, given: dict[str, Any]) -> HttpResponse:
    """To the page wanted, through the choice of a firm when that was the tab."""
    rotate_token(request)
    where = given["next"]
    if given["tab"] == "firm":
        where = CHOOSE_FIRM + "?" + urlencode({"next": where})
    return enter(signed_in, where)


def _try(request: HttpRequest, way: str) -> SignedIn:
    at, origin = moments.now(), origin_of(request)
    if way == "code":
        return identity.sign_in_with_code(
            phone=request.POST.get("phone", "")[:30],
            code=request.POST.get("code", "")[:10],
            origin=origin,
            at=at,
        )
    signed_in = identity.sign_in(
        kind=AccountKind.PERSON,
        login=request.POST.get("login", "")[:100],
        password=request.POST.get("password", ""),
        origin=origin,
        at=at,
    )
    assert isinstance(signed_in, SignedIn)  # noqa: S101 -- persons have no second step here
    return signed_in


@access(ANYONE)
@require_POST
def send_code(request: HttpRequest) -> HttpResponse:
    """Send the code, then show the form to type it in; an unknown phone sees the same."""
    given = _given(request) | {"way": "code"}
    try:
        identity.send_code(
            phone=request.POST.get("phone", "")[:30],
            origin=origin_of(request),
            at=moments.now(),
        )
    except Refusal as refusal:
        return again(request, "citizen/sign_in.html", refusal, given)
    return render(request, "citizen/sign_in.html", given | {"sent": True})


@access(ANYONE)
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """The question any passkey for this site may answer."""
    return question(identity.begin_passkey_sign_in(at=moments.now()))


@access(ANYONE)
@require_POST
def sign_in_with_passkey(request: HttpRequest) -> HttpResponse:
    """In with a passkey alone; else the sign-in page says why not."""
    given = _given(request)
    try:
        signed_in = identity.sign_in_with_passkey(
            origin=origin_of(request), at=moments.now(), **answered(request)
        )
    except Refusal as refusal:
        return again(request, "citizen/sign_in.html", refusal, given)
    return _in(request, signed_in, given)


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def choose_firm(request: HttpRequest) -> HttpResponse:
    """For whom do you act: yourself, or a firm you legally represent?"""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    where = next_of(request, otherwise="/my/")
    if request.method == "POST":
        signed_in = identity.choose_organization(
            session_key=request.session_key,  # type: ignore[attr-defined]
            organization=request.POST.get("organization", "")[:60] or None,
            actor=actor,
            origin=origin_of(request),
            at=moments.now(),
        )
        rotate_token(request)
        return enter(signed_in, where)
    firms = libraries.list_represented_by(actor.reference)
    given = {"firms": firms, "next": where, "acting_for": actor.on_behalf_of}
    return render(request, "citizen/choose_firm.html", given)


@access(ANYONE)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out, here and wherever the cookie was copied to; what the browser kept of us is cleared."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.kind is not ActorKind.ANONYMOUS:
        identity.sign_out(
            session_key=request.session_key,  # type: ignore[attr-defined]
            actor=actor,
            at=moments.now(),
        )
    response = HttpResponseRedirect("/")
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'  # answers kept while offline, too
    return response
