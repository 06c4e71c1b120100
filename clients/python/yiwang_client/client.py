"""The synchronous client: standard library, one connection a call."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NotRequired, TypedDict, Unpack
from urllib.parse import urlsplit

from yiwang_client import answers, large, messages, signing
from yiwang_client.answers import Answer, Away
from yiwang_client.large import Large
from yiwang_client.messages import Message, Published

#: The largest answer a node gives.
MOST_BYTES = 12_000_000


class Asked(TypedDict):
    """What a call says. ``subject``: the identity number or USCC of whom it is about, so that they can
    see who looked."""

    purpose: str
    parameters: Mapping[str, Any]
    item: NotRequired[str]
    case: NotRequired[str]
    fields: NotRequired[Sequence[str]]
    subject: NotRequired[str]


class Client:
    """A calling system. ``address``: its own node's exchange, such as ``http://10.0.0.5:8010``."""

    def __init__(
        self, address: str, *, key_id: str, secret: str, limit_seconds: float = 30.0
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an address: {address!r}")
        self._https = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._key = signing.Key.given(key_id, secret)
        self._limit_seconds = limit_seconds

    def call(
        self, service: str, *, limit_seconds: float | None = None, **asked: Unpack[Asked]
    ) -> Answer:
        """Ask a service. Raises ``Refused``, ``Away``, ``NotProven``."""
        body, target = question(asked), f"/exchange/v1/calls/{service}"
        status, answer, proven = self._send("POST", target, body, limit_seconds)
        return answers.read(status, answer, proven=proven)

    def stream(
        self, service: str, path: Path, *, limit_seconds: float = 900.0, **asked: Unpack[Asked]
    ) -> Large:
        """As ``call``, for what is too large for memory: ``path`` is there when all of it came."""
        body, target = question(asked), f"/exchange/v1/streams/{service}"
        with self._request("POST", target, body, limit_seconds) as (response, nonce):
            line = response.readline(MOST_BYTES).rstrip(b"\n")
            said = answers.plain(response.status, line, self._proven(response, nonce, line))
            if "stream" in said:
                with large.arriving(path, said) as take:
                    while piece := response.read(large.PIECE):
                        take(piece)
        return large.read(said)

    def publish(
        self, topic: str, key: str, body: Mapping[str, Any], *, order: str = "", subject: str = ""
    ) -> Published:
        """Tell a topic of your own department what happened; the same ``key`` counts once, so try again
        when in doubt. ``order``: what it is about; messages about one thing arrive in order."""
        raw = messages.publication(key, body, order, subject)
        given = answers.plain(*self._send("POST", f"/exchange/v1/topics/{topic}", raw), good=202)
        return Published(given["position"], given["status"] == "KNOWN")

    def fetch(self, topic: str, *, after: int = 0, most: int = 100) -> list[Message]:
        """What waits for you, in order; it stays until you acknowledge it."""
        given = answers.plain(*self._send("GET", messages.fetching(topic, after, most), b""))
        return [messages.read(one) for one in given["messages"]]

    def acknowledge(self, topic: str, position: int) -> int:
        """You have dealt with everything up to this position; how many that were."""
        raw, target = json.dumps({"position": position}).encode(), f"/exchange/v1/messages/{topic}"
        count: int = answers.plain(*self._send("POST", target, raw))["acknowledged"]
        return count

    def services(self, node: str = "") -> list[dict[str, Any]]:
        """What this node, or another one, answers."""
        target = f"/exchange/v1/services/{node}" if node else "/exchange/v1/services"
        found: list[dict[str, Any]] = self._get(target)["services"]
        return found

    def members(self) -> list[dict[str, Any]]:
        """Every node."""
        found: list[dict[str, Any]] = self._get("/exchange/v1/members")["members"]
        return found

    def openapi(self, service: str) -> dict[str, Any]:
        """A service as tools read it."""
        return self._get(f"/exchange/v1/services/{service}/openapi")

    def _get(self, target: str) -> dict[str, Any]:
        status, body, _proven = self._send("GET", target, b"")
        return answers.plain(status, body, True)

    def _send(
        self, method: str, target: str, body: bytes, limit_seconds: float | None = None
    ) -> tuple[int, bytes, bool]:
        with self._request(method, target, body, limit_seconds) as (response, nonce):
            answer = response.read(MOST_BYTES)
        return response.status, answer, self._proven(response, nonce, answer)

    def _proven(self, response: http.client.HTTPResponse, nonce: str, answer: bytes) -> bool:
        mac = response.headers.get("x-exchange-mac", "")
        return signing.is_proven(self._key, response.status, nonce, answer, mac)

    @contextmanager
    def _request(
        self, method: str, target: str, body: bytes, limit_seconds: float | None
    ) -> Iterator[tuple[http.client.HTTPResponse, str]]:
        signed = signing.sign(self._key, method, target, body)
        kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        link = kind(self._host, self._port, timeout=limit_seconds or self._limit_seconds)
        try:
            link.request(method, target, body=body or None, headers=dict(signed.headers))
            yield link.getresponse(), signed.nonce
        except (OSError, http.client.HTTPException) as error:
            raise Away("Unreachable", "连不上交换节点，或超过了时限。") from error
        finally:
            link.close()


def question(asked: Asked) -> bytes:
    """The body of a call."""
    usual = {"item": "", "case": "", "subject": "", "fields": ()}
    return json.dumps(
        {**usual, **asked, "parameters": dict(asked["parameters"])}, ensure_ascii=False
    ).encode()
