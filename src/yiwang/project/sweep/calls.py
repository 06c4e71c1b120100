"""Calling one route as one visitor, and judging what came back."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import cycle
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.client import ClientHandler

from yiwang.entrance.shell.answers import SIGN_IN
from yiwang.kernel.actor import Actor
from yiwang.project.sweep.bodies import smallest_body
from yiwang.project.sweep.definitions import Estate, Route, Visitor
from yiwang.support.identity.definitions import COOKIE

NO_SUCH_KEY: Final = "zzzzzzzzzzzzzzzz"
_FORM: Final = {"version": "1", "reason": "权限检查", "opinion": "权限检查", "next": "/"}
#: A new one for each call: doors that anybody may knock at count by address (``shell/pace``).
_ADDRESSES: Final = cycle(f"10.0.{high}.{low}" for high in range(256) for low in range(1, 255))
_REFUSED: Final = (401, 403, 404)
_INVALID: Final = (400, 409, 422)
#: Where all calls are taken back to, while ``standing``.
_points: Final[list[str]] = []


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back. Marked as a test's own transaction, as Django's test
    cases are: durable actions and calls to other machines may run in it."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


@contextmanager
def standing() -> Iterator[None]:
    """Around many calls, silently: they are taken back to one point, not each to a point of its own."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with undone():
            _points.append(connection.savepoint() or "")
            try:
                yield
            finally:
                _points.pop()
    finally:
        logging.disable(before)


@contextmanager
def _taken_back() -> Iterator[None]:
    if not _points:
        with undone():
            yield
        return
    waiting = len(connection.run_on_commit)
    try:
        yield
    finally:
        connection.needs_rollback = False
        connection.savepoint_rollback(_points[-1])
        del connection.run_on_commit[waiting:]


class _Caller(RequestFactory):
    """Straight through the middlewares: Django's client would copy what each template was given."""

    def __init__(self) -> None:
        super().__init__(SERVER_NAME=settings.ALLOWED_HOSTS[0])
        self.handler = ClientHandler(enforce_csrf_checks=False)

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))  # type: ignore[attr-defined]


@cache
def _client() -> _Caller:
    """One for all calls: each new one would load the middlewares again."""
    return _Caller()


def call(route: Route, address: str, visitor: Visitor, *, briefly: bool = False) -> HttpResponse:
    """One request; what it changes is taken back. ``briefly``: a refusal may come as JSON."""
    client = _client()
    client.cookies.clear()
    headers = {"Authorization": f"Bearer {visitor.bearer}"} if visitor.bearer else {}
    if visitor.cookie:
        client.cookies[COOKIE] = visitor.cookie
    if briefly:
        headers["Accept"] = "application/json"
    given: dict[str, Any] = {"headers": headers, "REMOTE_ADDR": next(_ADDRESSES)}
    if route.operation is not None and route.method not in ("GET", "HEAD"):
        given["data"] = json.dumps(smallest_body(route.operation))
        given["content_type"] = "application/json"
    elif route.method == "POST":
        given["data"] = _FORM
    with _taken_back():
        response: HttpResponse = getattr(client, route.method.lower())(address, **given)
        if response.streaming:
            whole = b"".join(response)
            headers = dict(response.items())
            response = HttpResponse(whole, status=response.status_code, headers=headers)
    return response


def says_no(response: HttpResponse) -> bool:
    """Refused, not found, or sent to the sign-in page."""
    to_sign_in = response.headers.get("Location", "").startswith((SIGN_IN, "/staff" + SIGN_IN))
    away = response.headers.get("HX-Redirect", "").startswith(SIGN_IN)
    return response.status_code in _REFUSED or to_sign_in or away


def fault_of_denied(response: HttpResponse, of_nothing: HttpResponse | None) -> str:
    """What is wrong with an answer to somebody who may not; "" when it gives nothing away.

    ``of_nothing``: the same request for a key that does not exist. An “invalid input” is fine when
    it is the same there: then the body was judged before any object was looked for.
    """
    if says_no(response):
        return ""
    same = of_nothing is not None and of_nothing.status_code == response.status_code
    if response.status_code in _INVALID and same:
        return ""
    return f"泄漏：应当拒绝，回答了 {response.status_code}"


def fault_of_allowed(route: Route, response: HttpResponse, *, of_nothing: bool) -> str:
    """What is wrong with an answer to somebody who may; a refusal of a change can have its reasons."""
    if response.status_code == 503 and "Retry-After" in response.headers:
        return ""  # a document is still being made
    if of_nothing and response.status_code in (404, 409):
        return ""
    if response.status_code >= 500:
        return f"出错：{response.status_code}"
    if route.method == "GET" and (says_no(response) or response.status_code >= 400):
        return f"误拒：应当允许，回答了 {response.status_code}"
    return ""


def shown_without_right(
    response: HttpResponse, actor: Actor, estates: tuple[Estate, ...], asked: tuple[str, ...]
) -> str:
    """A key or secret of somebody else's thing in the answer, however the page came by it."""
    text = response.content.decode("utf-8", errors="replace")
    for estate in estates:
        hidden = _hidden(estate, actor)
        words = [key for key in hidden if key not in asked]
        if hidden and len(hidden) == len(estate.things):
            words += estate.secrets
        if any(word and word in text for word in words):
            return "泄漏：页面上出现了别人的内容"
    return ""


@lru_cache(maxsize=1_000)
def _hidden(estate: Estate, actor: Actor) -> tuple[str, ...]:
    """The keys of what he may not see."""
    return tuple(t.key for t in estate.things.values() if not t.may_be_seen_by(actor))
