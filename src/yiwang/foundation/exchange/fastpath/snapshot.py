"""What may be asked by whom, in memory: four views, looked at when told and every two seconds."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from psycopg.rows import namedtuple_row

from yiwang.foundation.exchange.fastpath.refusals import ExchangeAway
from yiwang.foundation.privacy.definitions import Mask
from yiwang.mechanisms.crypto import primitives, rules
from yiwang.mechanisms.crypto.definitions import CannotDecrypt, KeyMissing
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore

CHANNEL: Final = "exchange_changed"
EVERY_SECONDS: Final = 2.0
#: Older than this it is not trusted any more: a revocation may have been missed.
STALE_SECONDS: Final = 5.0
SECRET_PURPOSE: Final = "exchange.system_key"  # nosec B105 the name of a column  # noqa: S105
#: The kind of a service that is told, not asked.
TOPIC: Final = "MESSAGE"
_FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)

_log = logging.getLogger("yiwang.exchange")


@dataclass(frozen=True, slots=True)
class Caller:
    """A key somebody may come in with."""

    key_id: str
    system: str
    node: str
    algorithm: str
    secret: bytes
    point: bytes
    valid_until: datetime
    per_second: int
    department: str  # "" for the node's own service platform alone


@dataclass(frozen=True, slots=True)
class FastField:
    name: str
    title: str
    grade: int
    mask: str


def stricter(field: FastField, graded: Sequence[Any] | None) -> FastField:
    """The field as its own grade and the catalogue's ``[grade, rule]`` hide it together."""
    if graded is None:
        return field
    grade, mask = int(graded[0]), str(graded[1])
    is_open = field.mask.upper() in ("", Mask.NONE)
    return replace(field, grade=max(field.grade, grade), mask=mask if is_open else field.mask)


@dataclass(frozen=True, slots=True)
class FastService:
    """A service of this node as the server needs it."""

    code: str
    kind: str
    title: str
    summary: str
    upstream: str
    method: str
    limit_seconds: float
    per_partner: int
    reply_bytes: int
    private_ok: bool
    fields: Mapping[str, FastField]
    parameters: tuple[Mapping[str, Any], ...]
    subject_parameter: str
    active: bool
    version: int
    department: str
    known: frozenset[str] = field(init=False)  # names of the parameters
    needed: frozenset[str] = field(init=False)  # and of those no call may leave out

    def __post_init__(self) -> None:
        needed = (one["name"] for one in self.parameters if one.get("required", True))
        object.__setattr__(self, "known", frozenset(one["name"] for one in self.parameters))
        object.__setattr__(self, "needed", frozenset(needed))


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may ask a service what for, which fields, how often."""

    key: str
    service: str
    consumer_node: str
    provider_node: str
    purposes: frozenset[str]
    items: frozenset[str]
    needs_case: bool
    fields: tuple[str, ...]
    clear_fields: frozenset[str]
    valid_from: datetime
    valid_until: datetime
    per_day: int
    per_second: int
    consumer: str  # the department it was given to
    way: str
    grades: Mapping[str, tuple[int, str]]  # as the catalogue grades and masks its fields


@dataclass(frozen=True, slots=True)
class MemberKey:
    key_id: str
    point: str
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Another node, or this one, as the registry says."""

    code: str
    name: str
    address: str
    keys: tuple[MemberKey, ...]
    active: bool

    def key(self, key_id: str, at: datetime) -> MemberKey | None:
        """One of its keys, if it holds now."""
        for key in self.keys:
            if key.key_id == key_id and key.valid_from <= at < key.valid_until:
                return key
        return None

    def current(self, at: datetime) -> MemberKey | None:
        """The newest key that holds."""
        newest = None
        for key in self.keys:
            if key.valid_from <= at < key.valid_until and (
                newest is None or newest.valid_from < key.valid_from
            ):
                newest = key
        return newest


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything at one moment; replaced as a whole."""

    callers: Mapping[str, Caller] = field(default_factory=dict)
    services: Mapping[str, FastService] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    by_service: Mapping[tuple[str, str], tuple[Grant, ...]] = field(default_factory=dict)
    members: Mapping[str, Member] = field(default_factory=dict)
    taken: float = 0.0


class Snapshots:
    """Keeps the newest snapshot; refuses to give a stale one."""

    def __init__(self, database: str, store: EncryptedFileKeyStore, node: str) -> None:
        self._database = database
        self._store = store
        self._node = node
        self._newest = Snapshot()
        #: The views' sums as the newest was read; () when it has to be read again in any case.
        self._sums: tuple[Any, ...] = ()
        self._secrets: dict[str, bytes] = {}

    @property
    def current(self) -> Snapshot:
        """ExchangeAway when the database has not confirmed it for five seconds."""
        if time.monotonic() - self._newest.taken > STALE_SECONDS:
            raise ExchangeAway
        return self._newest

    async def keep(self) -> None:
        """For ever: read, wait until told or for two seconds; a lost database is waited for."""
        while True:
            try:
                await self._follow()
            except (psycopg.Error, OSError):
                _log.warning("database away")
                await asyncio.sleep(0.5)

    async def _follow(self) -> None:
        self._sums = ()
        connection = await psycopg.AsyncConnection.connect(
            self._database,
            autocommit=True,
            connect_timeout=5,
            options="-c statement_timeout=3000 -c timezone=UTC",
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            while True:
                async with asyncio.timeout(STALE_SECONDS):
                    self._newest = await self.read(connection)
                async for _told in connection.notifies(timeout=EVERY_SECONDS, stop_after=1):
                    break

    async def read(self, connection: psycopg.AsyncConnection[Any]) -> Snapshot:
        """The four views; one that another module has not made yet is empty. Mostly nothing changed:
        their sums say so, and the newest snapshot is good for longer."""
        began = time.monotonic()
        sums = await _sums(connection)
        if sums and sums == self._sums:
            return replace(self._newest, taken=began)
        self._sums = sums
        return await self._read_all(connection, began)

    async def _read_all(self, connection: psycopg.AsyncConnection[Any], began: float) -> Snapshot:
        grants = [_grant(row) for row in await _rows(connection, GRANTS)]
        by_service: dict[tuple[str, str], list[Grant]] = defaultdict(list)
        for grant in grants:
            by_service[grant.service, grant.consumer_node].append(grant)
        callers = [self._caller(row) for row in await _rows(connection, SYSTEMS)]
        return Snapshot(
            callers={caller.key_id: caller for caller in callers if caller},
            services={s.code: s for s in map(_service, await _rows(connection, SERVICES))},
            grants={grant.key: grant for grant in grants},
            by_service={pair: tuple(found) for pair, found in by_service.items()},
            members={m.code: m for m in map(_member, await _rows(connection, MEMBERS))},
            taken=began,
        )

    def _caller(self, row: Any) -> Caller | None:
        if (
            row.state != "ACTIVE" or row.node != self._node
        ):  # a copied database brings others' systems
            return None
        secret = self._secret(row.secret_cipher) if row.secret_cipher else b""
        return (
            None
            if secret is None
            else Caller(
                key_id=row.key_id,
                system=row.system,
                node=row.node,
                algorithm=row.algorithm,
                secret=secret,
                point=bytes.fromhex(row.point),
                valid_until=row.valid_until or _FOREVER,
                per_second=row.per_second,
                department=row.department,
            )
        )

    def _secret(self, cipher: str) -> bytes | None:
        """Opened once; a key that cannot be opened lets nobody in and stops nobody else."""
        if cipher not in self._secrets:
            try:
                key_id, body = rules.split_cipher(cipher)
                key = rules.field_key(self._store.get(key_id), SECRET_PURPOSE)
                sealed = base64.b64decode(body, validate=True)
                plain = primitives.unseal(key, sealed, SECRET_PURPOSE.encode())
                self._secrets[cipher] = bytes.fromhex(plain.decode())
            except (CannotDecrypt, KeyMissing, primitives.Broken, binascii.Error, ValueError):
                _log.error("a calling system's key cannot be opened")
                self._sums = ()  # the key file may be on its way
                return None
        return self._secrets[cipher]


SYSTEMS: Final = "exchange_fast_systems"
SERVICES: Final = "exchange_fast_services"
GRANTS: Final = "agreements_fast_grants"
MEMBERS: Final = "nodes_fast_members"


#: How many rows each has and what they come to, whatever their order.
_SUM: Final = "(SELECT (count(*), sum(hashtextextended(v::text, 0)::numeric))::text FROM {} v)"
_SUMS: Final = "SELECT " + ", ".join(map(_SUM.format, (SYSTEMS, SERVICES, GRANTS, MEMBERS)))


async def _sums(connection: psycopg.AsyncConnection[Any]) -> tuple[Any, ...]:
    """() while one of them is not there."""
    try:
        return await (await connection.execute(_SUMS)).fetchone() or ()
    except psycopg.errors.UndefinedTable:
        return ()


async def _rows(connection: psycopg.AsyncConnection[Any], view: str) -> list[Any]:
    cursor = connection.cursor(row_factory=namedtuple_row)
    try:
        await cursor.execute(f"SELECT * FROM {view}")  # noqa: S608  # nosec B608 one of four names
    except psycopg.errors.UndefinedTable:
        return []
    return await cursor.fetchall()


def _service(row: Any) -> FastService:
    fields = [
        stricter(
            FastField(f["name"], f.get("title", ""), int(f.get("grade", 2)), f.get("mask", "")),
            row.grades.get(f["name"]),
        )
        for f in row.fields
    ]
    return FastService(
        code=row.code,
        kind=row.kind,
        title=row.title,
        summary=row.summary,
        upstream=row.upstream,
        method=row.method,
        limit_seconds=row.limit_seconds,
        per_partner=row.per_partner,
        reply_bytes=row.reply_bytes,
        private_ok=row.private_ok,
        fields={f.name: f for f in fields},
        parameters=tuple(row.parameters),
        subject_parameter=row.subject_parameter,
        active=row.state == "ACTIVE",
        version=row.version,
        department=row.department,
    )


def _grant(row: Any) -> Grant:
    return Grant(
        key=row.key,
        service=row.service,
        consumer_node=row.consumer_node,
        provider_node=row.provider_node,
        purposes=frozenset(row.purposes),
        items=frozenset(row.items),
        needs_case=row.needs_case,
        fields=tuple(row.fields),
        clear_fields=frozenset(row.clear_fields),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        per_day=row.per_day,
        per_second=row.per_second,
        consumer=row.consumer,
        way=row.way,
        grades={name: (int(grade), str(mask)) for name, (grade, mask) in row.grades.items()},
    )


def _member(row: Any) -> Member:
    keys = [
        MemberKey(
            key_id=key["id"],
            point=key["point"],
            valid_from=_moment(key.get("from")) or datetime(2000, 1, 1, tzinfo=UTC),
            valid_until=_moment(key.get("until")) or _FOREVER,
        )
        for key in row.keys
    ]
    return Member(row.code, row.name, row.address, tuple(keys), row.state == "ACTIVE")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
