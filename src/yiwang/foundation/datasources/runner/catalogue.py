"""What is published, as the query process knows it: read from the platform's database through one
view, on every word of a change and every two seconds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from yiwang.foundation.datasources.definitions import CHANNEL, Published, SourceKind

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 2.0
_READ: Final = """
SELECT name, version, body, source_key, source_version, kind, label, address, file_key, columns, as_of
FROM datasources_fast_queries
"""
#: Room is taken before anything is asked, in one statement: of two at once one finds less.
_TAKE: Final = """
INSERT INTO datasources_volume AS v (query, caller, day, keys, misses)
VALUES (%(query)s, %(caller)s, (now() AT TIME ZONE 'Asia/Shanghai')::date, %(keys)s, 0)
ON CONFLICT (query, caller, day) DO UPDATE SET keys = v.keys + excluded.keys
WHERE v.keys + excluded.keys <= %(most)s AND v.misses < %(misses)s
RETURNING keys
"""
_MISSED: Final = """
UPDATE datasources_volume SET misses = misses + %(misses)s
WHERE query = %(query)s AND caller = %(caller)s
AND day = (now() AT TIME ZONE 'Asia/Shanghai')::date
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as the view tells it; ``address`` is closed."""

    key: str
    version: int
    kind: SourceKind
    label: str
    address: str
    file_key: str
    columns: tuple[tuple[str, str], ...]
    as_of: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One published query with its source."""

    published: Published
    version: int
    source: Source


class Catalogue:
    """The published queries by name, and each caller's volume of verified keys."""

    def __init__(self, address: Mapping[str, Any]) -> None:
        self._address = dict(address)
        self._db: psycopg.AsyncConnection[Any] | None = None
        self._lock = asyncio.Lock()
        self.entries: dict[str, Entry] = {}
        self.known = asyncio.Event()

    def indexes(self, source: Source) -> tuple[str, ...]:
        """Columns a source's questions compare by."""
        found = {
            column
            for entry in self.entries.values()
            if entry.source.key == source.key
            for column in (
                *(p.column for p in entry.published.parameters if p.column),
                *entry.published.key[:1],
            )
        }
        return tuple(sorted(found))

    async def follow(self) -> None:
        """Read again and again until cancelled; without the database what was known stays known."""
        while True:
            try:
                await self._follow_connected()
            except (psycopg.Error, OSError) as error:
                log.warning("database away: %s", type(error).__name__)
                await asyncio.sleep(EVERY_SECONDS)

    async def _follow_connected(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            **self._address, autocommit=True, connect_timeout=5
        ) as db:
            await db.execute(f"LISTEN {CHANNEL}")
            while True:
                await self.read(db)
                async for _ in db.notifies(timeout=EVERY_SECONDS, stop_after=1):
                    continue

    async def read(self, db: psycopg.AsyncConnection[Any]) -> None:
        """Everything anew; a row that does not read right is left out and said."""
        cursor = await db.execute(_READ)
        entries = {}
        for (
            name,
            version,
            body,
            key,
            source_version,
            kind,
            label,
            address,
            file,
            columns,
            at,
        ) in await cursor.fetchall():
            try:
                published = Published.from_json(body)
                source = Source(key, source_version, SourceKind(kind), label, address, file,
                                tuple((n, t) for n, t in columns), at)  # fmt: skip
            except (KeyError, TypeError, ValueError):
                log.error("a published query does not read: %s", name)
                continue
            entries[name] = Entry(published, version, source)
        self.entries = entries
        self.known.set()

    async def take(self, *, query: str, caller: str, keys: int, most: int, misses: int) -> bool:
        """Count keys on a caller's day; False when there is no room."""
        if keys > most:
            return False
        given = {"query": query, "caller": caller, "keys": keys, "most": most, "misses": misses}
        return bool(await self._write(_TAKE, given))

    async def missed(self, *, query: str, caller: str, misses: int) -> None:
        """Count what was answered no."""
        await self._write(_MISSED, {"query": query, "caller": caller, "misses": misses})

    async def _write(self, statement: str, values: Mapping[str, Any]) -> int:
        async with self._lock:
            if self._db is None or self._db.closed:
                self._db = await psycopg.AsyncConnection.connect(
                    **self._address, autocommit=True, connect_timeout=5,
                    options="-c statement_timeout=3000",
                )  # fmt: skip
            try:
                return (await self._db.execute(statement, values)).rowcount
            except psycopg.OperationalError:
                with contextlib.suppress(psycopg.Error):
                    await self._db.close()
                raise
