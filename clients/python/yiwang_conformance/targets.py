"""How a service is asked: at its own address as a node asks it, or through a node with a system's key."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from yiwang_client import signing

from yiwang_conformance import wire
from yiwang_conformance.declared import Declared
from yiwang_conformance.wire import Heard, Sent

#: Who the kit says it is, where a node would name the calling system.
CALLER = "conformance/kit"
#: A node that is asked too often lets a second's worth through again after this.
_PACE_SECONDS = 1.5


class Target(Protocol):
    """Whoever is tried."""

    @property
    def name(self) -> str: ...

    @property
    def behind_node(self) -> bool: ...

    def ask(
        self, declared: Declared, parameters: Mapping[str, Any], *, message: str = ""
    ) -> Heard: ...

    def raw(self, declared: Declared, body: bytes) -> Heard:
        """A body that is no question."""
        ...

    def health(self, declared: Declared) -> Heard | None:
        """None when there is nothing declared to ask."""
        ...


@dataclass(frozen=True)
class Direct:
    """The department's own address: a node asks it just so."""

    address: str
    behind_node: bool = False

    @property
    def name(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.hostname}{parts.path}"

    def ask(self, declared: Declared, parameters: Mapping[str, Any], *, message: str = "") -> Heard:
        parts = urlsplit(self.address)
        target = parts.path or "/"
        marks = {"X-Exchange-Message": message or secrets.token_hex(16), "X-Exchange-From": CALLER}
        if declared.method == "GET":
            query = urlencode({name: _text(value) for name, value in parameters.items()})
            sent = Sent("GET", f"{target}?{query}" if query else target, marks, b"")
        else:
            body = json.dumps(dict(parameters), ensure_ascii=False).encode()
            sent = Sent("POST", target, {**marks, "Content-Type": "application/json"}, body)
        return self._send(declared, sent)

    def raw(self, declared: Declared, body: bytes) -> Heard:
        headers = {"Content-Type": "application/json"}
        sent = Sent("POST", urlsplit(self.address).path or "/", headers, body)
        return self._send(declared, sent)

    def health(self, declared: Declared) -> Heard | None:
        if not declared.health:
            return None
        return self._send(declared, Sent("GET", declared.health, {}, b""))

    def _send(self, declared: Declared, sent: Sent) -> Heard:
        seconds, most = declared.limit_seconds, declared.reply_bytes
        return wire.exchange(self.address, sent, seconds=seconds, most=most)


@dataclass(frozen=True)
class ThroughNode:
    """The service as its callers see it, with the key of a system that holds a grant."""

    address: str
    key: signing.Key
    purpose: str
    item: str = ""
    case: str = ""
    behind_node: bool = True

    @property
    def name(self) -> str:
        return f"node {urlsplit(self.address).hostname}"

    def ask(self, declared: Declared, parameters: Mapping[str, Any], *, message: str = "") -> Heard:
        del message  # a node numbers calls itself
        asked = {
            "purpose": self.purpose,
            "item": self.item,
            "case": self.case,
            "parameters": dict(parameters),
        }
        return self.raw(declared, json.dumps(asked, ensure_ascii=False).encode())

    def raw(self, declared: Declared, body: bytes) -> Heard:
        return self._send(declared, "POST", f"/exchange/v1/calls/{declared.code}", body)

    def health(self, declared: Declared) -> Heard | None:
        return self._send(declared, "GET", "/exchange/v1/health", b"", signed=False)

    def openapi(self, code: str) -> dict[str, Any]:
        """The service as the node describes it; ValueError when it does not."""
        asking = Declared(code, "", (), ())
        heard = self._send(asking, "GET", f"/exchange/v1/services/{code}/openapi", b"")
        if heard.trouble or heard.status != 200:
            raise ValueError(f"节点没有给出 {code} 的说明（{heard.trouble or heard.status}）。")
        found: dict[str, Any] = json.loads(heard.body)
        return found

    def _send(
        self,
        declared: Declared,
        method: str,
        target: str,
        body: bytes,
        *,
        signed: bool = True,
        tries: int = 3,
    ) -> Heard:
        given = signing.sign(self.key, method, target, body) if signed else None
        sent = Sent(method, target, given.headers if given else {}, body)
        most = declared.reply_bytes + 65_536  # the node's own words around the record
        # The node waits as long as the service may take, and then says so itself.
        seconds = declared.limit_seconds + 5
        heard = wire.exchange(self.address, sent, seconds=seconds, most=most)
        if (
            heard.status == 429 and signed and tries
        ):  # the node's pace for this key, not the service
            time.sleep(_PACE_SECONDS)
            return self._send(declared, method, target, body, tries=tries - 1)
        # Only answers to calls are proven.
        if given is None or heard.trouble or heard.status != 200 or method == "GET":
            return heard
        mac = heard.headers.get("x-exchange-mac", "")
        if not signing.is_proven(self.key, heard.status, given.nonce, heard.body, mac):
            return replace(heard, trouble=NOT_PROVEN)
        return heard


NOT_PROVEN = "NOT_PROVEN"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
