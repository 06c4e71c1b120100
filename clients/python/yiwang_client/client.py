"""The synchronous client: standard library, one connection a call."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from yiwang_client import answers, messages, signing
from yiwang_client.answers import Answer, Away
from yiwang_client.messages import Message, Published

#: The largest answer a node gives.
MOST_BYTES = 12_000_000


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
        self,
        service: str,
        *,
        purpose: str,
        parameters: Mapping[str, Any],
        item: str = "",
        case: str = "",
        fields: Sequence[str] = (),
        subject: str = "",
        limit_seconds: float | None = None,
    ) -> Answer:
        """Ask a service. ``subject``: the identity number or USCC of whom it is about, so that they can
        see who looked. Raises ``Refused``, ``Away``, ``NotProven``."""
        body = question(purpose, parameters, item, case, fields, subject)
        target = f"/exchange/v1/calls/{service}"
        status, answer, proven = self._send("POST", target, body, limit_seconds)
        return answers.read(status, answer, proven=proven)

    def publish(
        self, topic: str, key: str, body: Mapping[str, Any], *, order: str = "", subject: str = ""
    ) -> Published:
        """Tell a topic of your own department what happened; the same ``key`` counts once, so try again
        when in doubt. ``order``: what it is about; messages about one thing arrive in order."""
        raw = messages.publication(key, body, order, subject)
        given = answers.plain(*self._ask("POST", f"/exchange/v1/topics/{topic}", raw), good=202)
        return Published(given["position"], given["status"] == "KNOWN")

    def fetch(self, topic: str, *, after: int = 0, most: int = 100) -> list[Message]:
        """What waits for you, in order; it stays until you acknowledge it."""
        given = answers.plain(*self._ask("GET", messages.fetching(topic, after, most), b""))
        return [messages.read(one) for one in given["messages"]]

    def acknowledge(self, topic: str, position: int) -> int:
        """You have dealt with everything up to this position; how many that were."""
        raw, target = json.dumps({"position": position}).encode(), f"/exchange/v1/messages/{topic}"
        count: int = answers.plain(*self._ask("POST", target, raw))["acknowledged"]
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
        status, body, _proven = self._send("GET", target, b"", None)
        return answers.plain(status, body, True)

    def _ask(self, method: str, target: str, body: bytes) -> tuple[int, bytes, bool]:
        return self._send(method, target, body, None)

    def _send(
        self, method: str, target: str, body: bytes, limit_seconds: float | None
    ) -> tuple[int, bytes, bool]:
        signed = signing.sign(self._key, method, target, body)
        kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        link = kind(self._host, self._port, timeout=limit_seconds or self._limit_seconds)
        try:
            link.request(method, target, body=body or None, headers=dict(signed.headers))
            response = link.getresponse()
            answer = response.read(MOST_BYTES)
            mac = response.headers.get("x-exchange-mac", "")
        except (OSError, http.client.HTTPException) as error:
            raise Away("Unreachable", "连不上交换节点，或超过了时限。") from error
        finally:
            link.close()
        proven = signing.is_proven(self._key, response.status, signed.nonce, answer, mac)
        return response.status, answer, proven


def question(
    purpose: str,
    parameters: Mapping[str, Any],
    item: str,
    case: str,
    fields: Sequence[str],
    subject: str,
) -> bytes:
    """The body of a call."""
    given = {
        "purpose": purpose,
        "item": item,
        "case": case,
        "subject": subject,
        "parameters": dict(parameters),
        "fields": list(fields),
    }
    return json.dumps(given, ensure_ascii=False).encode()
