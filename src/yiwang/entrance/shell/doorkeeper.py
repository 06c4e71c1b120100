"""The middleware that lets nobody in where nothing was declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware

from yiwang.entrance.shell.access import operations_of, policy_of
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import NotAllowed, NotSignedIn, Refusal

SIGN_IN = "/sign-in/"
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class AccessMiddleware:
    """Refuses before the view runs; marks what a signed-in actor sees as not to be stored.

    Stands after the actor and CSRF middlewares. API routes are exempt from Django's CSRF check as a
    class, so a cookie session that changes something through one is checked here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._csrf = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and actor.kind is not ActorKind.ANONYMOUS:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """None lets the request through to its view."""
        policy = policy_of(view, request.method or "GET")
        if policy is None:
            if operations_of(view) and request.method not in _SAFE:
                return None  # the API itself answers 405 for a method it has not
            return refuse(request, NotAllowed("这个入口没有开放。", "请从首页进入。"))
        actor: Actor = request.actor  # type: ignore[attr-defined]
        refusal = policy.refusal(actor)
        if refusal is not None:
            return refuse(request, refusal)
        if operations_of(view) and actor.scopes is None and request.method not in _SAFE:
            return self._csrf.process_view(request, _checked, (), {})
        return None


def _checked(request: HttpRequest) -> HttpResponse:
    raise AssertionError("only looked at for its missing csrf_exempt mark")


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Say no in the visitor's form: JSON for programs, the sign-in page for a nameless browser."""
    if isinstance(refusal, NotSignedIn) and request.method == "GET" and not _wants_json(request):
        where = SIGN_IN + "?" + urlencode({"next": request.get_full_path()})
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": where})
        return HttpResponseRedirect(where)
    if _wants_json(request):
        request_id = getattr(request, "request_id", "")
        return JsonResponse(refusal.as_json(request_id), status=refusal.status)
    return HttpResponse(
        f"{refusal.sentence}{refusal.remedy}",
        status=refusal.status,
        content_type="text/plain; charset=utf-8",
    )


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or bool(request.headers.get("Authorization"))
