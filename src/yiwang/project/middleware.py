"""Around every request: an id, headers, a size limit, one log line; and one way to say no."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError

from yiwang.entrance.shell import answers
from yiwang.kernel import references
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal, TryLater
from yiwang.project import bodies, logs, metrics

log = logging.getLogger("yiwang.request")

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_GIVEN_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


class TooLarge(Refusal):
    status = 413
    sentence = "发送的内容超过 20 MB。"
    remedy = "请压缩文件，或分几次上传。"


class LengthNeeded(Refusal):
    status = 411
    sentence = "请求没有说明内容的长度。"
    remedy = "请带上 Content-Length 再发送。"


class NotText(Refusal):
    status = 400
    sentence = "地址或内容里有不能保存的字符。"
    remedy = "请从首页重新进入，或去掉这些字符后再试。"


class RequestMiddleware:
    """Outermost. Nothing that goes wrong inside leaves without a number and without a log line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        request_id = _request_id(request)
        request.request_id = request_id  # type: ignore[attr-defined]
        token = logs.request_id.set(request_id)
        try:
            refusal = (
                request.META.get(bodies.REFUSAL)
                or _too_large(request)
                or _unkeepable(request.path_info, request.GET)
            )
            response = answers.refuse(request, refusal) if refusal else self.get_response(request)
            _finish(request, response, request_id, time.perf_counter() - began)
            return response
        finally:
            logs.request_id.reset(token)


class RefusalMiddleware:
    """Innermost. A refusal becomes its page or its JSON; anything else an error number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """What a form sends is read once, before any view meets what no database can keep."""
        del view, args, kwargs
        try:
            refusal = _unkeepable_field(request.POST)
        except UnreadablePostError:
            refusal = bodies.CutShort()
        return answers.refuse(request, refusal) if refusal else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal):
            return answers.refuse(request, error)
        if isinstance(error, OperationalError | InterfaceError):
            log.error("database away", exc_info=error)
            return answers.refuse(request, TryLater())
        return None


def _request_id(request: HttpRequest) -> str:
    """The caller's own id when it is well formed, so that one matter can be followed; else ours."""
    given = request.headers.get("X-Request-Id", "")
    return given if _GIVEN_ID.fullmatch(given) else references.new_key()


def _too_large(request: HttpRequest) -> Refusal | None:
    if request.headers.get("Transfer-Encoding") and not request.headers.get("Content-Length"):
        return LengthNeeded()
    given = request.headers.get("Content-Length") or "0"
    if not (given.isascii() and given.isdigit()) or int(given) > settings.BODY_LIMIT:
        return TooLarge()
    return None


def _unkeepable(path: str, given: QueryDict) -> Refusal | None:
    """A NUL in an address or a form: PostgreSQL keeps none, and no keyboard types one."""
    if "\0" in path or "\0" in "".join(given):
        return NotText()
    return NotText() if any("\0" in text for _, texts in given.lists() for text in texts) else None


def _unkeepable_field(given: QueryDict) -> Refusal | None:
    """The same in a form, naming the field, so that a page can say where."""
    for name, texts in given.lists():
        if "\0" in name:
            return NotText()
        if any("\0" in text for text in texts):
            sentence, remedy = "这里有不能保存的字符。", "请删掉后重新填写。"
            return InvalidInput(fields=[FieldProblem(name, sentence, remedy)])
    return None


def _finish(request: HttpRequest, response: HttpResponse, request_id: str, took: float) -> None:
    if getattr(response, "frames_own_files", False):
        response["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    if leads_to := getattr(response, "form_leads_to", ""):
        policy = POLICY.replace("form-action 'self'", f"form-action 'self' {leads_to}")
        response["Content-Security-Policy"] = policy
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_id
    match = request.resolver_match
    route = f"/{match.route}" if match else "unknown"
    metrics.REQUESTS.labels(request.method, route, response.status_code).inc()
    metrics.SECONDS.labels(route).observe(took)
    if route.removesuffix("/") not in ("/healthz", "/readyz", "/metrics"):
        log.info(
            "request",
            extra={
                "method": request.method,
                "route": route,
                "status": response.status_code,
                "ms": round(took * 1000, 1),
            },
        )
