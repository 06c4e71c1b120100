"""Requests nobody should send, to every address of an exchange process: from its own descriptions,
valid in all but a few places; signed and sealed by the book, so that they get past the door; and garbage.
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from yiwang.foundation.exchange import rules
from yiwang.foundation.exchange.fastpath import (
    countersigning,
    envelope,
    fetching,
    meta,
    relay,
    server,
    streams,
    tables,
    topics,
)
from yiwang.foundation.exchange.fastpath.tests.test_rules_of_envelopes import mutated
from yiwang.foundation.exchange.tests import running, two
from yiwang.mechanisms.crypto import keystore
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes import sample as nodes
from yiwang.network.nodes.definitions import NodeView, RequestKind

CALLS = "/exchange/v1/calls/"
#: No answer after this is a hang; a busy machine is slower than a partner's three seconds.
HANGS_AFTER = 20.0
TEXTS = (
    "", " ", "x", "\0", "\x1b[2J", "\ud800", "a" * 70, "a" * 300, "汉" * 5_000, "'; DROP TABLE x; --",
    "../../etc/passwd", "http://[", "http://[::1", "https://a:99999", "%00", "\u202e", "62", "620100/x",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30", "sign-node.1", "NaN", "٣",
    "CONSUMER", "members:1", "members:99999999999", "ab" * 16, "ab" * 32, "😀", "{{7*7}}", "null",
)  # fmt: skip
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, 10**400, 0.1, -0.0, 1e308, float("inf"), float("nan"))


def anything(chance: random.Random, depth: int = 0) -> Any:
    """Some JSON value, and some that are none."""
    match chance.randrange(8 if depth < 3 else 4):
        case 0:
            return chance.choice((None, True, False))
        case 1:
            return chance.choice(NUMBERS)
        case 2 | 3:
            return chance.choice(TEXTS)
        case 4:
            return [anything(chance, depth + 1) for _ in range(chance.randrange(4))]
        case 5:
            return {chance.choice(TEXTS): anything(chance, depth + 1) for _ in range(3)}
        case 6:
            deep: Any = chance.choice(TEXTS)
            for _ in range(chance.choice((7, 9, 50, 400))):
                deep = [deep]
            return deep
        case _:
            return ["x"] * chance.choice((10, 201, 2_001))


def of_schema(schema: dict[str, Any], chance: random.Random) -> Any:
    """What a service's OpenAPI allows, and in every fifth place what it does not."""
    if chance.random() < 0.2:
        return anything(chance)
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            return {
                name: of_schema(inner, chance)
                for name, inner in schema.get("properties", {}).items()
                if name in needed or chance.random() < 0.5
            }
        case "array":
            return [of_schema(schema["items"], chance) for _ in range(chance.randrange(4))]
        case "integer":
            return chance.choice((0, 1, chance.randrange(200), 2**31, 2**61))
    if "enum" in schema:
        return chance.choice(schema["enum"])
    return chance.choice(("核对申请人情况", "gaoling", "62-2026-1", two.NUMBER))


def spoilt(value: Any, chance: random.Random, times: int) -> Any:
    """The value itself with some parts left out, doubled or changed for anything."""
    for _ in range(times):
        inside = value
        while isinstance(inside, (dict, list)) and inside:
            key = chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
            if isinstance(inside[key], (dict, list)) and inside[key] and chance.random() < 0.6:
                inside = inside[key]
                continue
            match chance.randrange(3):
                case 0:
                    del inside[key]
                case 1 if isinstance(inside, dict):
                    inside[chance.choice(TEXTS)] = inside[key]
                case _:
                    inside[key] = anything(chance)
            break
    return value


def written(value: Any, chance: random.Random) -> bytes:
    """JSON, sometimes as other programs write it, sometimes none any more."""
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    encoding = chance.choice(("utf-8",) * 12 + ("gb18030", "utf-16", "utf-8-sig"))
    raw = text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")
    return mutated(raw, chance) if raw and chance.random() < 0.1 else raw


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a description: what it is asked with."""

    method: str
    path: str
    schema: dict[str, Any]
    names: tuple[str, ...] = ()  # behind the question mark


@dataclass
class Fuzzer:
    """Keeps what was asked and answered, and what must never be."""

    place: two.Two
    caller: running.Caller
    service: str
    registry: NodeView
    operations: Sequence[Operation]
    chance: random.Random
    statuses: Counter[str] = field(default_factory=Counter)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def run(self, count: int, *more: Callable[[], None]) -> None:
        """``count`` requests, every kind alike."""
        kinds: tuple[Callable[[], None], ...] = (
            self.call, self.ask_meta, self.unproven, self.sealed, self.altered,
            self.asks_to_join, self.asks_documents, self.no_http, *more,
        )  # fmt: skip
        for number in range(count):
            kinds[number % len(kinds)]()

    @property
    def schema(self) -> dict[str, Any]:
        """Of a call of the service."""
        return next(o.schema for o in self.operations if o.path == CALLS + self.service)

    def call(self) -> None:
        """Any operation of any description, as it says or nearly."""
        one = self.chance.choice(self.operations)
        self.ask(one.method, one.path + self._query(one.names), of_schema(one.schema, self.chance))

    def ask(self, method: str, path: str, body: Any, *, by: running.Caller | None = None) -> Any:
        """Signed by the book."""
        caller = by or self.caller
        raw = written(body, self.chance) if method == "POST" else b""
        headers = caller.headers(path, raw, method=method)
        return self.send(method, path, raw, headers, node=caller.node)

    def _query(self, names: Sequence[str]) -> str:
        given = [
            f"{name}={quote(str(self.chance.choice((0, 1, 7, 10**17, *TEXTS))).encode('utf-8', 'replace'))}"
            for name in names
            if self.chance.random() < 0.5
        ]
        return f"?{'&'.join(given)}" if given else ""

    def ask_meta(self) -> None:
        """Members, services, OpenAPI: signed, of odd nodes and names."""
        odd = quote(self.chance.choice(TEXTS).encode("utf-8", "replace")[:200])
        path = self.chance.choice(
            (
                meta.MEMBERS, f"{meta.SERVICES}/620100", f"{meta.SERVICES}/{odd}", meta.SERVICES + odd,
                f"{meta.SERVICES}/{self.service}/openapi", f"{meta.SERVICES}/620100/{odd}/openapi",
                f"{CALLS}{odd}", f"{CALLS}620100/{odd}", f"{CALLS}{self.service}?{odd}", f"/exchange/{odd}",
                topics.PATH + odd, topics.PATH + self.service, f"{fetching.PATH}620100/{odd}",
                f"{fetching.PATH}{self.service}?after={odd}&most={odd}", "/exchange/v1/health",
                f"{tables.PATH}{self.service}", streams.PATH + odd,
            )
        )  # fmt: skip
        method = self.chance.choice(("GET", "GET", "POST", "PUT", "OPTIONS", "HEAD"))
        self.send(method, path, b"", self.caller.headers(path, b"", method=method))

    def unproven(self) -> None:
        """Headers that fit nothing, bytes above ASCII among them."""
        path, body = CALLS + self.service, written(of_schema(self.schema, self.chance), self.chance)
        headers = self.caller.headers(path, body)
        for name in self.chance.sample(sorted(headers), 2):
            odd = self.chance.choice(TEXTS).encode("utf-8", "replace").decode("latin-1")
            headers[name] = "".join(c for c in odd if c >= " " and not "\x7f" <= c <= "\x9f")[
                :4_000
            ]
        if self.chance.random() < 0.3:  # proven, with a moment nobody lives in
            moment = self.chance.choice(TEXTS[-16:])
            headers = self.caller.headers(
                path, body, time_text=moment.encode("ascii", "ignore").decode()
            )
        self.send("POST", path, body, headers)

    def sealed(self) -> None:
        """From a partner who closes his messages by the book and writes nonsense."""
        kind = self.chance.choice((relay.KIND, *server.KINDS, "gossip"))
        self.seal(kind, spoilt(self.said(kind), self.chance, self.chance.randrange(4)))

    def seal(self, kind: str, body: Any) -> None:
        """A refusal stands under the seal; none of ours is a failure."""
        keys, head, raw = two.message_to(self.place, written(body, self.chance), kind=kind)
        answer = self.send_to_lanzhou(envelope.close_message(keys, head, raw))
        if answer is not None and answer[0] == 200:
            _head, inner = envelope.open_message(keys, answer[1])
            line = inner.partition(b"\n")[0]
            busy = b'"PartnerBusy"' in inner  # large replies it never fetches
            if line.isdigit() and int(line) >= 500 and not busy:
                self.faults.append(f"sealed {kind}: {inner[:300]!r} to {raw[:300]!r}")

    def said(self, kind: str) -> dict[str, Any]:
        """What a node would say."""
        digest = "ab" * 32
        if kind == countersigning.KIND:
            calls = spoilt(
                [["ab" * 16, "CONSUMER", digest]] * 3, self.chance, self.chance.randrange(2)
            )
            return {"number": 1, "count": len(calls), "calls": calls, **self.signed(calls)}
        return two.question(grant=self.caller.grant, service=self.service, subject=two.NUMBER)

    def signed(self, calls: Any) -> dict[str, str]:
        """Root and signature of the calls as they are, where they can be had."""
        try:
            root = rules.shared_root([digest for _message, _side, digest in calls])
        except (TypeError, ValueError):
            root = "汉"
        text = rules.part_text(asker="62", partner="620100", number=1, root=root, count=len(calls))
        store = keystore.get_store()
        own = store.current("sign-node")
        signature = crypto.signature(store.get(own), text, key_id=own)
        return {"root": root, "signature": self.chance.choice((signature,) * 5 + ("sm2-sm3$k$汉",))}

    def altered(self) -> None:
        """An envelope somebody changed on its way; with a head that says odd things."""
        keys, head, raw = two.message_to(self.place, b"{}")
        closed = envelope.close_message(keys, head, raw)
        if self.chance.random() < 0.5:
            self.send_to_lanzhou(mutated(closed, self.chance))
            return
        texts = spoilt(json.loads(head.as_bytes()), self.chance, 1)
        text = json.dumps(texts).encode()[:1_990]
        self.send_to_lanzhou(b"YW1" + len(text).to_bytes(2, "big") + text + bytes(80))

    def asks_to_join(self) -> None:
        node = nodes.far_node("6299")
        kind = self.chance.choice(list(RequestKind))
        changes = {}
        if self.chance.random() < 0.5:  # signed after it was spoilt
            name = self.chance.choice(("name", "address", "code", "uscc", "division_code"))
            changes = {name: self.chance.choice(TEXTS).encode("utf-8", "replace").decode()}
        given = nodes.asks(node, kind, at=datetime.now(UTC), **changes)
        if self.chance.random() < 0.1:
            given["at"] = self.chance.choice(TEXTS)
        body = written(spoilt(given, self.chance, self.chance.randrange(3)), self.chance)
        self.send("POST", "/exchange/v1/requests", body, {})

    def asks_documents(self) -> None:
        have = quote(self.chance.choice(TEXTS).encode("utf-8", "replace"), safe=":,")[:2_000]
        target = f"/exchange/v1/documents?have={have}"
        far = nodes.FarNode(
            "620100", "", self.place.store.get(self.place.store.current("sign-node")),
            self.place.store.current("sign-node"),
        )  # fmt: skip
        headers = nodes.asks_documents(far, target, of=self.registry, at=datetime.now(UTC))
        if self.chance.random() < 0.5:
            headers[self.chance.choice(sorted(headers))] = self.chance.choice(TEXTS[-16:-4])
        headers = {k: v.encode("ascii", "ignore").decode() for k, v in headers.items()}
        self.send("GET", target, b"", headers)

    def no_http(self) -> None:
        """Bytes that are no request, and requests that contradict themselves."""
        raw = self.chance.choice(
            (
                self.chance.randbytes(200),
                b"GET / HTTP/1.1\r\n\r\n",
                b"POST /exchange/v1/relay HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                b"POST /exchange/v1/relay HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                b"POST /exchange/v1/relay HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                b"GET /exchange/v1/health HTTP/9.9\r\n\r\n",
                b"GET " + b"/a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
            )
        )
        began = time.monotonic()
        with (
            contextlib.suppress(ConnectionError, TimeoutError),
            socket.create_connection(("127.0.0.1", self.place.province.port), 5) as link,
        ):
            link.settimeout(2.0)
            link.sendall(raw)
            link.shutdown(socket.SHUT_WR)
            first = link.recv(12)
            self.statuses["no http"] += 1
            if first[9:10] == b"5" and first[9:12] != b"505":
                self.faults.append(f"{first!r} to {raw[:100]!r}")
        self.slowest = max(self.slowest, time.monotonic() - began)

    def send_to_lanzhou(self, raw: bytes) -> tuple[int, bytes] | None:
        return self.send("POST", two.RELAY, raw, {}, node=self.place.lanzhou)

    def send(self, method, path, body, headers, *, node=None):
        """Noted: no failure, no silence, and every no in words with a code."""
        node, began = node or self.place.province, time.monotonic()
        shown = f"{method} {path[:200]} {body[:400]!r} {headers}"
        try:
            status, _headers, answer = node.send(method, path, body, headers, HANGS_AFTER)
        except (OSError, ValueError) as error:
            self.faults.append(f"{error!r}: no answer to {shown}")
            return None
        self.asked[method, path.partition("?")[0]] += 1
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.statuses[str(status)] += 1
        # The node it also speaks for under the seal has not fetched what lies there for it.
        is_its_own_doing = path.startswith(streams.PATH) and b'"PartnerBusy"' in answer
        if is_its_own_doing:
            self.statuses["503 of its own doing"] += 1
        elif status >= 500 or (status >= 400 and method != "HEAD" and b'"code"' not in answer):
            self.faults.append(f"{status} {answer[:200]!r} to {shown}")
        return status, answer


def of(
    place: two.Two, caller: running.Caller, service: str, registry: NodeView, seed: int
) -> Fuzzer:
    """One that knows every description the caller's node gives of services here and there."""
    found = []
    for node in ("62", "620100"):
        for one in _told(caller, f"{meta.SERVICES}/{node}")["services"]:
            found += operations(_told(caller, f"{meta.SERVICES}/{one['code']}/openapi"))
    return Fuzzer(place, caller, service, registry, found, random.Random(seed))


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation of one OpenAPI document."""
    return [
        Operation(
            method.upper(),
            path,
            _schema(operation),
            tuple(parameter["name"] for parameter in operation.get("parameters", ())),
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _schema(operation: dict[str, Any]) -> dict[str, Any]:
    if "requestBody" not in operation:
        return {}
    found: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
    return found


def _told(caller: running.Caller, path: str) -> dict[str, Any]:
    status, _headers, body = caller.node.send(
        "GET", path, headers=caller.headers(path, b"", method="GET")
    )
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found
