"""A request as the server's parts see it, and an answer; read from and written to the door."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from yiwang.foundation.exchange.fastpath import leaving, notation
from yiwang.foundation.exchange.fastpath.refusals import BodyTooLarge, CannotCall, RequestMalformed

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.spool import Spool

BODY_BYTES: Final = 1_048_576
BODY_SECONDS: Final = 60.0
JSON: Final = "application/json; charset=utf-8"
LINES: Final = "application/x-ndjson; charset=utf-8"
BINARY: Final = "application/octet-stream"


class Request(NamedTuple):
    """One request, whole."""

    method: str
    path: str
    query: str
    headers: Any  # a mapping that knows no upper case: only ``get`` is used
    body: bytes

    @property
    def target(self) -> str:
        """Path and query as the caller signed them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def header(self, name: str) -> str:
        """One header; nothing ours has other characters than ASCII ones."""
        found = self.headers.get(name)
        return found if isinstance(found, str) and found.isascii() else ""


class Response(NamedTuple):
    """One answer."""

    status: int
    body: bytes
    kind: str = JSON
    headers: Sequence[tuple[str, str]] = ()
    spool: Spool | None = None  # records behind the body, see ``streams``
    digest: str = ""  # of the body, where it is known already

    def with_headers(self, *more: tuple[str, str]) -> Response:
        headers = (*self.headers, *more)
        return Response(self.status, self.body, self.kind, headers, self.spool, self.digest)


def as_json(value: Mapping[str, Any], status: int = 200) -> Response:
    """A plain answer."""
    return Response(status, notation.write(value))


def refused(refusal: CannotCall, message: str = "") -> Response:
    """No, with code, sentence and what to do."""
    answer = as_json(refusal.as_json(message))
    return told(refusal.status, answer.body)


def told(status: int, body: bytes, digest: str = "") -> Response:
    """An answer as it was made, with a hint for those who shall come again."""
    later = (("retry-after", "5"),) if status in (429, 503) else ()
    return Response(status, body, JSON, later, None, digest)


async def read(scope: Any, protocol: Any) -> Request:
    """The whole request, at most 1 MB, within a minute. BodyTooLarge, RequestMalformed."""
    leaving.asked_on.set(protocol)
    announced = scope.headers.get("content-length")
    if announced is not None and (not announced.isdecimal() or int(announced) > BODY_BYTES):
        raise BodyTooLarge
    if (at_hand := protocol.at_hand) is not None:
        if len(at_hand) > BODY_BYTES:
            raise BodyTooLarge
        return Request(scope.method, scope.path, scope.query_string, scope.headers, at_hand)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await (protocol() if announced is not None else _unannounced(protocol))
    except TimeoutError as error:
        raise RequestMalformed("请求内容迟迟没有发完。") from error
    return Request(scope.method, scope.path, scope.query_string, scope.headers, body)


async def _unannounced(protocol: Any) -> bytes:
    """A body nobody told the length of; BodyTooLarge."""
    body = bytearray()
    async for chunk in protocol:
        body += chunk
        if len(body) > BODY_BYTES:
            raise BodyTooLarge
    return bytes(body)


def headers_of(response: Response) -> list[tuple[str, str]]:
    """Never kept by anybody in between."""
    return [
        ("content-type", response.kind),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        *response.headers,
    ]


def write(protocol: Any, response: Response) -> None:
    protocol.response_bytes(response.status, headers_of(response), response.body)
