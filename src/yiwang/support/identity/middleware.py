"""``request.actor``: from a bearer token, else the session cookie, else nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from yiwang.kernel import moments
from yiwang.kernel.actor import ANONYMOUS, Actor
from yiwang.kernel.references import new_key
from yiwang.support.identity import actions, queries
from yiwang.support.identity.actions import tokens
from yiwang.support.identity.definitions import COOKIE, TOUCH_EVERY, Session

_BEARER = "Bearer "
_LONGEST_TOKEN = 200
_ONLY_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})


class ActorMiddleware:
    """Sets ``request.actor``, ``request.request_id`` and ``request.session_key`` ("" without one).

    A request with an ``Authorization`` header is never also a cookie request: it needs no CSRF
    token because no browser adds that header by itself, and the cookie is not looked at.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = getattr(request, "request_id", "") or new_key()
        request.request_id = request_id  # type: ignore[attr-defined]
        request.session_key = ""  # type: ignore[attr-defined]
        try:
            request.actor = self._actor(request, request_id)  # type: ignore[attr-defined]
        except (OperationalError, InterfaceError):
            # Public pages go on without knowing who; the doors answer “try later”, not “sign in”.
            request.identity_is_away = True  # type: ignore[attr-defined]
            request.actor = replace(ANONYMOUS, request_id=request_id)  # type: ignore[attr-defined]
        return self.get_response(request)

    @staticmethod
    def _is_vouched(request: HttpRequest, session: Session, at: datetime) -> bool:
        """Whatever is sent may bind: somebody the host let in is asked about there first."""
        if session.vouched_at is None or request.method in _ONLY_LOOKS:
            return True
        return actions.still_vouched(session_key=session.key, at=at)

    def _actor(self, request: HttpRequest, request_id: str) -> Actor:
        at = moments.now()
        header = request.headers.get("Authorization", "")
        nobody = replace(ANONYMOUS, request_id=request_id)
        if header:
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
            token = header.removeprefix(_BEARER)
            if not header.startswith(_BEARER) or len(token) > _LONGEST_TOKEN:
                return nobody
            actor = queries.find_token_actor(token, at=at, request_id=request_id)
            return actor if actor is not None and tokens.still_represents(actor) else nobody
        token = request.COOKIES.get(COOKIE, "")
        if not token or len(token) > _LONGEST_TOKEN:
            return nobody
        session = queries.find_session(token, at=at, request_id=request_id)
        if session is None or not self._is_vouched(request, session, at):
            return nobody
        if at - session.seen_at > TOUCH_EVERY and not actions.keep_alive(
            session_key=session.key, actor=session.actor, at=at
        ):
            return nobody
        request.session_key = session.key  # type: ignore[attr-defined]
        return session.actor
