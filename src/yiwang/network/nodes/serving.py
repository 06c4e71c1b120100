"""What the registry's exchange process answers to nodes: documents, and requests to be a member. No Django.

``GET /exchange/v1/documents?have=members:3,grants:7`` by a member, proven by the pair's key: what it
has not. ``POST /exchange/v1/requests``: a signed request, kept until it is settled.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

import psycopg
from psycopg.rows import dict_row

from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import Refusal, TryLater
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.mechanisms.crypto.definitions import KeyId
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore
from yiwang.network.nodes import rules
from yiwang.network.nodes.definitions import (
    CHANNEL,
    GRANTS,
    MEMBERS,
    MOST_WAITING,
    SKEW,
    Asked,
    NodeKeyView,
    NodeState,
    RequestKind,
)
from yiwang.network.nodes.refusals import (
    BadRequest,
    CannotJoin,
    NodeClockOff,
    NotMember,
    NotRegistry,
    TooManyWaiting,
)

#: The picture of members is not read again for so long.
LOOK_AGAIN_SECONDS: Final = 0.5
REQUEST_BYTES: Final = 20_000
_MEMBERS: Final = "SELECT code, name, state, keys FROM nodes_fast_members"
_VERSIONS: Final = """
SELECT part, max(version) AS version FROM nodes_fast_documents
 WHERE audience IN ('*', %(node)s) GROUP BY part
"""
#: The newest of each part; of the members the newest under each key.
_NEWER: Final = """
SELECT DISTINCT ON (part, signed_by) * FROM nodes_fast_documents
 WHERE audience IN ('*', %(node)s)
   AND version > CASE part WHEN 'members' THEN %(members)s ELSE %(grants)s END
   AND part = ANY(%(parts)s)
 ORDER BY part, signed_by, version DESC
"""
_KEEP: Final = """
INSERT INTO nodes_request
       (key, kind, code, fingerprint, body, received_at, state, settled_by, reason)
SELECT %s, %s, %s, %s, %s, %s, 'WAITING', '', ''
 WHERE (SELECT count(*) FROM nodes_request WHERE state = 'WAITING') < %s
ON CONFLICT DO NOTHING
"""
_WAITS: Final = """
SELECT 1 FROM nodes_request
 WHERE state = 'WAITING' AND kind = %s AND code = %s AND fingerprint = %s
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON; no body with 204."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """One member as the views tell it."""

    name: str
    state: str
    keys: tuple[NodeKeyView, ...]

    def key(self, key_id: str) -> NodeKeyView | None:
        return next((key for key in self.keys if key.key_id == key_id), None)


class Desk:
    """Keeps one connection and a short-lived picture of the members."""

    def __init__(
        self, *, database: str, store: EncryptedFileKeyStore, node: str, is_registry: bool
    ) -> None:
        self._database, self._store = database, store
        self._node, self._is_registry = node, is_registry
        self._connection: psycopg.AsyncConnection[dict[str, Any]] | None = None
        self._lock = asyncio.Lock()
        self._members: Mapping[str, Known] = {}
        self._looked = float("-inf")
        self._shared: dict[tuple[str, str, str], bytes] = {}

    async def documents(self, *, target: str, header: Callable[[str], str], at: datetime) -> Answer:
        """What a member has not: 200 with ``documents``, 204 when it has all; refusals as JSON."""
        return await _said(self._documents(target, header, at))

    async def receive(self, *, body: bytes, at: datetime) -> Answer:
        """A request of a node: 202 and it waits, 200 and it is so already; refusals as JSON."""
        return await _said(self._receive(body, at))

    async def close(self) -> None:
        """At the process's end."""
        if self._connection is not None:
            await self._connection.close()

    async def _documents(self, target: str, header: Callable[[str], str], at: datetime) -> Answer:
        if not self._is_registry:
            raise NotRegistry
        await self._look()
        node, is_present = self._who(target, header, at)
        try:
            have = rules.read_have(parse_qs(target.partition("?")[2]).get("have", [""])[0])
        except ValueError as error:
            raise BadRequest from error
        given: dict[str, Any] = {
            "node": node,
            "members": have.get(MEMBERS, 0),
            "grants": have.get(GRANTS, 0),
            "parts": [MEMBERS, GRANTS] if is_present else [MEMBERS],
        }
        newest = {row["part"]: row["version"] for row in await self._read(_VERSIONS, given)}
        if all(newest.get(part, 0) <= have.get(part, 0) for part in given["parts"]):
            return Answer(204, {})
        rows = rules.to_send(await self._read(_NEWER, given), have, node=node)
        return Answer(200, {"documents": [_wire(row) for row in rows]})

    def _who(self, target: str, header: Callable[[str], str], at: datetime) -> tuple[str, bool]:
        """The member that asks, and whether it knows our present key; NotMember.

        Who was away while our key was changed asks with the old one, and is told of members only.
        """
        node, key_id, ours = (header(f"x-exchange-{n}") for n in ("node", "key", "to-key"))
        member, own = self._members.get(node), self._members.get(self._node)
        key = member.key(key_id) if member else None
        own_key = own.key(ours) if own else None
        if key is None or not key.holds(at) or own_key is None:
            raise NotMember
        said = header("x-exchange-time")
        text = rules.request_text(
            method="GET",
            target=target,
            node=node,
            key_id=key_id,
            time=said,
            nonce=header("x-exchange-nonce"),
        )
        mac = primitives.hmac_sm3(self._pair(node, key, ours), text).hex()
        given = header("x-exchange-mac").encode("utf-8", "replace")
        if not hmac.compare_digest(mac.encode(), given):
            raise NotMember
        _check_clock(said, at)
        return node, own_key.holds(at)

    def _pair(self, node: str, key: NodeKeyView, ours: str) -> bytes:
        """Computed once: it takes a millisecond."""
        asked = (node, key.point, ours)
        if asked not in self._shared:
            info = rules.pair_info((self._node, ours), (node, key.key_id), "documents")
            self._shared[asked] = crypto.agree(self._store.get(KeyId(ours)), key.point, info)
        return self._shared[asked]

    async def _receive(self, body: bytes, at: datetime) -> Answer:
        if not self._is_registry:
            raise NotRegistry
        await self._look()
        given, asked = _read(body)
        member = self._members.get(asked.code)
        rules.admit(asked, given, known=_known_point(asked, member), at=at)
        registry = self._introduce(at)
        if _is_so_already(asked, member):
            return Answer(200, {"state": "DONE", "registry": registry})
        fingerprint = crypto.fingerprint(asked.point)
        values = (new_key(), asked.kind, asked.code, fingerprint, rules.to_keep(asked, given), at)
        await self._write(_KEEP, (*values, MOST_WAITING))
        if not await self._read(_WAITS, (asked.kind, asked.code, fingerprint)):
            raise TooManyWaiting
        return Answer(202, {"state": "WAITING", "registry": registry})

    def _introduce(self, at: datetime) -> dict[str, str]:
        own = self._members.get(self._node)
        if own is None:
            raise NotRegistry
        held = [key for key in own.keys if key.holds(at)]
        key = max(held or own.keys, key=lambda one: one.valid_from)
        return {
            "code": self._node,
            "name": own.name,
            "key_id": key.key_id,
            "point": key.point,
            "valid_from": rules.spelled(key.valid_from),
        }

    async def _look(self) -> None:
        if time.monotonic() - self._looked < LOOK_AGAIN_SECONDS:
            return
        rows = await self._read(_MEMBERS, ())
        self._members = {row["code"]: _known(row) for row in rows}
        self._looked = time.monotonic()

    async def _read(self, statement: str, values: Any) -> list[dict[str, Any]]:
        async with self._lock:
            cursor = await (await self._connected()).execute(statement, values)
            return await cursor.fetchall()

    async def _write(self, statement: str, values: Any) -> None:
        async with self._lock:
            connection = await self._connected()
            await connection.execute(statement, values)
            await connection.execute("SELECT pg_notify(%s, 'requests')", [CHANNEL])

    async def _connected(self) -> psycopg.AsyncConnection[dict[str, Any]]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = await psycopg.AsyncConnection.connect(
                self._database,
                autocommit=True,
                connect_timeout=5,
                row_factory=dict_row,
                options="-c statement_timeout=3000 -c timezone=UTC",
            )
        return self._connection


async def _said(answering: Awaitable[Answer]) -> Answer:
    """A refusal is an answer too, and so is an absent database."""
    try:
        return await answering
    except Refusal as refusal:
        return Answer(refusal.status, refusal.as_json())
    except (psycopg.Error, OSError):
        away = TryLater()
        return Answer(away.status, away.as_json())


def _read(body: bytes) -> tuple[Mapping[str, Any], Asked]:
    try:
        given: Mapping[str, Any] = json.loads(body) if len(body) <= REQUEST_BYTES else {}
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    return given, rules.read_asked(given)


def _known_point(asked: Asked, member: Known | None) -> str:
    """The point the others know: of a newcomer the one it brings. A member does not join again."""
    is_member = member is not None and member.state != NodeState.LEFT
    if asked.kind is RequestKind.JOIN:
        known = member.key(asked.key_id) if member else None
        if is_member and (known is None or known.point != asked.point):
            raise CannotJoin("这个代码已经是成员。")
        return asked.point
    key = member.key(asked.signed_by) if member else None
    if key is None or not is_member or not key.holds(asked.at):
        raise NotMember
    return key.point


def _is_so_already(asked: Asked, member: Known | None) -> bool:
    only_keys = asked.kind in (RequestKind.JOIN, RequestKind.ROTATE)
    if not only_keys or member is None or member.state == NodeState.LEFT:
        return False
    known = member.key(asked.key_id)
    return known is not None and known.point == asked.point


def _known(row: Mapping[str, Any]) -> Known:
    keys = tuple(
        NodeKeyView(
            key["id"],
            key["point"],
            "",
            rules.moment(key["from"]),
            rules.moment(key["until"]) if key["until"] else None,
        )
        for key in row["keys"]
    )
    return Known(row["name"], row["state"], keys)


def _wire(row: Mapping[str, Any]) -> dict[str, Any]:
    moments = {name: rules.spelled(row[name]) for name in ("issued_at", "valid_until")}
    return {**row, **moments}


def _check_clock(said: str, at: datetime) -> None:
    """Who is proven to be a member is told what is wrong: NodeClockOff."""
    try:
        theirs = rules.moment(said)
    except ValueError as error:
        raise NotMember from error
    if abs(theirs - at) > SKEW:
        words = rules.clock_words(theirs, at)
        raise NodeClockOff(f"本节点的时钟{words}，登记机构没有受理。{NodeClockOff.remedy}")
