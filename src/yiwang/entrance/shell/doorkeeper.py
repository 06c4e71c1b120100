"""The middleware that lets nobody in where nothing was declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from yiwang.entrance.shell import answers
from yiwang.entrance.shell.access import ANYONE, operations_of, policy_of
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import NotAllowed, Refusal, TryLater

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class WrongMethod(Refusal):
    status = 405
    sentence = "这个地址不支持这种请求方法。"
    remedy = "可以用的方法在 Allow 响应头里，请查看接口说明。"


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
            operations = operations_of(view)
            if operations and not any(request.method in one.methods for one in operations):
                return _wrong_method(request, operations)
            return answers.refuse(request, NotAllowed("这个入口没有开放。", "请从首页进入。"))
        if policy.door is not ANYONE and getattr(request, "identity_is_away", False):
            return answers.refuse(request, TryLater())
        actor: Actor = request.actor  # type: ignore[attr-defined]
        refusal = policy.refusal(actor)
        if refusal is not None:
            return answers.refuse(request, refusal)
        by_session = actor.scopes is None and actor.kind is not ActorKind.ANONYMOUS
        if operations_of(view) and by_session and request.method not in _SAFE:
            return self._csrf.process_view(request, _checked, (), {})
        return None


def _wrong_method(request: HttpRequest, operations: tuple[Any, ...]) -> HttpResponse:
    """405 as every other refusal, with the methods there are."""
    response = answers.refuse(request, WrongMethod())
    response["Allow"] = ", ".join(sorted({name for one in operations for name in one.methods}))
    return response


def _checked(request: HttpRequest) -> HttpResponse:
    raise AssertionError("only looked at for its missing csrf_exempt mark")
