"""The process ``query``: listens on a unix socket, knows what is published, lets children answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from yiwang.cloud.storage import queries as storage
from yiwang.cloud.storage.definitions import DatabaseRole
from yiwang.foundation.datasources.asking import Garbled, pack, short, socket_of, unpack
from yiwang.foundation.datasources.definitions import (
    NoSuchQuery,
    Outcome,
    ServiceKind,
    SourceAwayNow,
    TooManyKeys,
)
from yiwang.foundation.datasources.opening import Places, open_address, told_of
from yiwang.foundation.datasources.rules import copying, statement, values
from yiwang.foundation.datasources.rules.statement import Statement
from yiwang.foundation.datasources.runner import large
from yiwang.foundation.datasources.runner.catalogue import Catalogue, Entry, Source
from yiwang.foundation.datasources.runner.pool import Away, Pools
from yiwang.foundation.datasources.runner.refusing import no, said
from yiwang.kernel import moments
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore

log = logging.getLogger("yiwang.query")

#: Questions answered at once; a further one waits its turn.
AT_ONCE: Final = 16
_MOST_VERIFY_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """What the process is started with."""

    places: Places
    database: Mapping[str, Any]


class Server:
    """Answers frames; one for each installation."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._keys = EncryptedFileKeyStore(given.places.home / "secrets")
        self.catalogue = Catalogue(given.database)
        self._pools = Pools(self._open)
        self._larges = large.Larges(self._pools, self._understood_large)
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until told to stop."""
        path = socket_of(self._given.places.home)
        path.parent.mkdir(parents=True, exist_ok=True)
        following = asyncio.create_task(self.catalogue.follow())
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(self._serve, short(path), limit=1 << 20)
        finally:
            os.umask(before)
        try:
            async with server:
                await stop.wait()
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
            await self._pools.close()
            path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One line: frame after frame until it ends or talks nonsense."""
        with contextlib.suppress(Garbled, ConnectionError, asyncio.CancelledError):
            while (said := await unpack(reader)) is not None:
                if said[0].get("large"):
                    await self._larges.hand_on(said[0], reader, writer)
                    break
                writer.write(await self._answer(said[0]))
                await writer.drain()
        writer.close()

    async def _answer(self, asked: Mapping[str, Any]) -> bytes:
        try:
            async with self._turn:
                return await self._answered(asked)
        except Refusal as refused:
            return no(refused)
        except (psycopg.Error, OSError) as error:
            log.warning("cannot answer: %s", type(error).__name__)
        except Exception:
            log.exception("an answer failed")
        return no(SourceAwayNow())

    async def _answered(self, asked: Mapping[str, Any]) -> bytes:
        await self._begun()
        if "verify" in asked:
            return await self._verify(asked)
        if "batch" in asked:
            return await self._batch(asked)
        entry, built = await self._understood(asked)
        published, source = entry.published, entry.source
        head, body = await self._ask(entry, built, rows=published.rows, room=published.bytes)
        return pack(
            {
                "outcome": Outcome.FOUND if head["rows"] else Outcome.NOT_FOUND,
                "count": head["rows"],
                "more": head["more"],
                "as_of": source.as_of or moments.now().isoformat(),
                "source": source.label,
            },
            body,
        )

    async def _begun(self) -> None:
        """What is published was read once, or is not to be had now."""
        if not self.catalogue.known.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2.0):
                    await self.catalogue.known.wait()

    async def _understood(
        self, asked: Mapping[str, Any], *, is_large: bool = False
    ) -> tuple[Entry, Statement]:
        """The query that is meant and its statement; the refusals of values."""
        await self._begun()
        entry = self._entry(asked.get("query"), ServiceKind.QUERY)
        if is_large:
            entry = large.declared(entry)
        published = entry.published
        given = values.given(published, _mapping(asked.get("parameters")))
        names = values.wanted(published, asked.get("fields"))
        names = tuple(one for one in names if one in (asked.get("at_most") or names)) or names
        return entry, statement.build(published, given, names, kind=entry.source.kind)

    async def _understood_large(
        self, asked: Mapping[str, Any]
    ) -> tuple[Entry, Statement, tuple[str, ...]]:
        entry, built = await self._understood(asked, is_large=True)
        return entry, built, self.catalogue.indexes(entry.source)

    async def _verify(self, asked: Mapping[str, Any]) -> bytes:
        """Yes or no for each key. Room on the caller's day is taken before anything is looked up."""
        entry = self._entry(asked.get("verify"), ServiceKind.VERIFY)
        published, caller = entry.published, asked.get("caller")
        if not isinstance(caller, str) or not 0 < len(caller) <= 120:
            raise InvalidInput(fields=[FieldProblem("caller", "没有说明是谁在核验。")])
        keys = values.keys(published, asked.get("keys"))
        if not await self.catalogue.take(
            query=published.name, caller=caller, keys=len(keys),
            most=published.keys_per_day, misses=published.misses_per_day,
        ):  # fmt: skip
            raise TooManyKeys
        there: set[tuple[Any, ...]] = set()
        for built in statement.build_verify(
            published, list(dict.fromkeys(keys)), kind=entry.source.kind
        ):
            _, body = await self._ask(entry, built, rows=statement.AT_ONCE, room=_MOST_VERIFY_BYTES)
            there.update(tuple(row[name] for name in built.names) for row in json.loads(body))
        verdicts = [key in there for key in keys]
        await self.catalogue.missed(
            query=published.name, caller=caller, misses=verdicts.count(False)
        )
        head = {"outcome": Outcome.FOUND, "count": len(keys), "source": entry.source.label,
                "as_of": entry.source.as_of or moments.now().isoformat()}  # fmt: skip
        return pack(head, json.dumps(verdicts, separators=(",", ":")).encode())

    async def _batch(self, asked: Mapping[str, Any]) -> bytes:
        """A part of a table, of the fields that are named, each hidden as it is told."""
        entry = self._entry(asked.get("batch"), ServiceKind.TABLE)
        hidden = asked["hidden"]
        told = copying.told(entry.published, hidden, asked["part"])
        head, body = await self._say_to_child(entry, told)
        return pack(
            {
                "outcome": Outcome.FOUND,
                "count": head["rows"],
                "as_of": moments.now().isoformat(),
                "source": entry.source.label,
                "batch": {
                    **{name: head[name] for name in ("rows", "after", "end", "sum", "newest")},
                    "fields": copying.told_fields(entry.published, hidden),
                    **copying.roles(entry.published),
                },
            },
            body,
        )

    def _entry(self, name: Any, kind: ServiceKind) -> Entry:
        entry = self.catalogue.entries.get(name) if isinstance(name, str) else None
        if entry is None or entry.published.kind is not kind:
            raise NoSuchQuery
        return entry

    async def _ask(
        self, entry: Entry, built: Statement, *, rows: int, room: int
    ) -> tuple[dict[str, Any], bytes]:
        asked = {
            "sql": built.sql,
            "values": [list(pair) for pair in built.values],
            "names": list(built.names),
            "types": list(built.types),
            "rows": rows,
            "bytes": room,
            "seconds": entry.published.seconds,
        }
        return await self._say_to_child(entry, asked)

    async def _say_to_child(
        self, entry: Entry, asked: Mapping[str, Any]
    ) -> tuple[dict[str, Any], bytes]:
        try:
            return await self._pools.ask(entry.source, self.catalogue.indexes(entry.source), asked)
        except Away as away:
            log.warning("no answer", extra={"query": entry.published.name, "problem": away.code})
            raise said(away, entry.published) from away

    def _open(self, source: Source) -> tuple[dict[str, Any], tuple[int, ...]]:
        return told_of(
            kind=source.kind,
            address=open_address(source.address, self._keys.get),
            file_key=source.file_key,
            places=self._given.places,
            get=self._keys.get,
        )


def _mapping(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput(fields=[FieldProblem("parameters", "参数应为一组名称和值。")])
    return value


async def serve(given: Given) -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await Server(given).run(stop)


def given_in(environment: Mapping[str, str]) -> Given:
    """What the supervisor told this process by its environment."""
    home = Path(environment["YIWANG_HOME"]).resolve()
    url = environment.get("DATABASE_URL")
    address = (
        storage.parse_address(url) if url else storage.embedded_address(home, DatabaseRole.APP)
    )
    hosts = environment.get("YIWANG_SOURCE_HOSTS", "").split(",")
    places = Places(
        home,
        environment.get("YIWANG_SOURCE_FOLDER", ""),
        frozenset(one.strip() for one in hosts if one.strip()),
    )
    return Given(places, address.conninfo)
