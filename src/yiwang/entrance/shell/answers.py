"""One way to say no and one way to fail, for pages, fragments and programs."""

from __future__ import annotations

import logging
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from yiwang.entrance.shell.returning import safe_path
from yiwang.entrance.shell.speaking import spoken_json
from yiwang.kernel.refusals import NotSignedIn, Refusal, TryLater
from yiwang.support.identity.definitions.factors import NeedsStepUp

log = logging.getLogger(__name__)
SIGN_IN = "/sign-in/"
STAFF_SIGN_IN = "/staff/sign-in/"
STEP_UP = "/step-up/"
#: Where only officials work: the nameless one is sent to their own door.
STAFF_PLACES = ("/desk/", "/leader/", "/console/", "/hall/", "/data/")


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as JSON for programs, as a page for people; the nameless are sent to sign in, who
    must prove more is sent to do so."""
    if wants_json(request):
        request_id = getattr(request, "request_id", "")
        response: HttpResponse = JsonResponse(
            spoken_json(refusal, request_id), status=refusal.status
        )
    elif isinstance(refusal, NotSignedIn) and request.method == "GET":
        return _to_sign_in(request)
    elif isinstance(refusal, NeedsStepUp):
        return _to_step_up(request, refusal)
    else:
        response = _page(request, refusal)
    if isinstance(refusal, TryLater) or refusal.status == 503:
        wait = getattr(refusal, "retry_after_seconds", TryLater.retry_after_seconds)
        response.headers["Retry-After"] = str(wait)
    return response


def wants_json(request: HttpRequest) -> bool:
    """Programs: the API, a token, or an Accept header that asks for JSON before HTML."""
    accept = request.headers.get("Accept", "")
    return (
        request.path.startswith("/api/")
        or bool(request.headers.get("Authorization"))
        or ("application/json" in accept and "text/html" not in accept)
    )


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    door = STAFF_SIGN_IN if request.path.startswith(STAFF_PLACES) else SIGN_IN
    where = door + "?" + urlencode({"next": request.get_full_path()})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": where})
    return HttpResponseRedirect(where)


def _to_step_up(request: HttpRequest, refusal: NeedsStepUp) -> HttpResponse:
    """And back to this page; from a form, to the page it was on."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else _came_from(request)
    where = STEP_UP + "?" + urlencode({"level": refusal.level, "next": back})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=refusal.status, headers={"HX-Redirect": where})
    return HttpResponseRedirect(where)


def _came_from(request: HttpRequest) -> str:
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.get_host():
        return "/my/"
    return safe_path(f"{parts.path}?{parts.query}" if parts.query else parts.path, otherwise="/my/")


def _page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The drawn page; when even drawing it fails (the database is away), the same words, plain."""
    given = {"refusal": refusal, "request_id": getattr(request, "request_id", "")}
    try:
        return render(request, "shell/refusal.html", given, status=refusal.status)
    except Exception:  # the refusal must arrive whatever is broken
        log.exception("the refusal page could not be drawn")
        return HttpResponse(
            f"{refusal.sentence}{refusal.remedy}",
            status=refusal.status,
            content_type="text/plain; charset=utf-8",
        )
