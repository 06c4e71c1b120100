"""Receipts: durable before an answer leaves. Whoever comes within ten milliseconds shares a flush."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import psycopg

from yiwang.foundation.exchange import rules
from yiwang.foundation.exchange.fastpath.refusals import CallRepeated, ExchangeAway
from yiwang.foundation.exchange.fastpath.statement import Statement

_log = logging.getLogger("yiwang.exchange")

Receipt = dict[str, Any]
_MOST: Final = 2_000
#: From one flush to the next at least: who comes alone is written at once, a crowd together.
GATHER_SECONDS: Final = 0.01
#: A flush that takes longer has failed; without one for so long it is looked whether one could be made.
_WRITE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 5.0
_KINDS: Final = {"at": "timestamptz", "fields": "text[]", "rows": "int", "milliseconds": "int"}
_COLUMNS: Final = ", ".join(rules.FACTS)
_TYPED: Final = ", ".join(f"{name} {_KINDS.get(name, 'text')}" for name in rules.FACTS)
_INSERT: Final = (
    f"INSERT INTO exchange_receipt ({_COLUMNS}) SELECT {_COLUMNS}"  # noqa: S608  # nosec B608
    f" FROM json_to_recordset($1) AS given({_TYPED})"
    " ON CONFLICT (side, message) DO NOTHING RETURNING id, side, message"
)
#: One writer per database; the lock ends with its connection.
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('yiwang exchange receipts'))"


@dataclass(slots=True)
class _Waiting:
    receipts: Sequence[Receipt]
    done: asyncio.Future[None]


@dataclass(slots=True)
class Receipts:
    """The one writer of this node's receipts."""

    database: str
    #: Written and not yet in a block: (id, receipt), in order.
    unblocked: list[tuple[int, Receipt]] = field(default_factory=list)
    alive: bool = False
    _waiting: list[_Waiting] = field(default_factory=list)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def require(self) -> None:
        """ExchangeAway while no receipt can be written: then nobody is asked anything."""
        if not self.alive:
            raise ExchangeAway

    async def write(self, *receipts: Receipt) -> None:
        """Returns when they are on disk. ExchangeAway: they are not, or nobody knows. CallRepeated:
        one of these messages has a receipt already."""
        self.require()
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(receipts, done))
        self._wake.set()
        await done

    async def keep(self) -> None:
        """For ever: connect, be the only writer, flush; a lost database fails whoever waits."""
        while True:
            try:
                await self._hold()
            except (psycopg.Error, OSError, TimeoutError):
                _log.warning("database away")
            finally:
                self.alive = False
                self._fail()
            await asyncio.sleep(0.5)

    async def _hold(self) -> None:
        connection = await connect(self.database)
        async with connection:
            while not await _got_lock(connection):
                await asyncio.sleep(0.2)
            self.unblocked[:] = await read_unblocked(connection)
            statement = await Statement.prepare(connection, "json", _INSERT)
            try:
                await self._write_with(statement)
            finally:
                statement.close()

    async def _write_with(self, statement: Statement) -> None:
        """For ever: flush what came. When nothing comes, an empty flush shows whether it still could."""
        self.alive, began = True, time.monotonic()
        looking = asyncio.create_task(self._look())
        try:
            while True:
                await self._wake.wait()
                await asyncio.sleep(began + GATHER_SECONDS - time.monotonic())
                self._wake.clear()
                began = time.monotonic()
                await self._flush(statement)
        finally:
            looking.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self._wake.set()

    async def _flush(self, statement: Statement) -> None:
        batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        if self._waiting:
            self._wake.set()
        rows = [receipt for waiting in batch for receipt in waiting.receipts]
        try:
            written = await _insert(statement, rows)
        except BaseException:
            for waiting in batch:
                _refuse(waiting, ExchangeAway())
            raise
        self.unblocked.extend(sorted(written.values(), key=lambda pair: pair[0]))
        for waiting in batch:
            if all((r["side"], r["message"]) in written for r in waiting.receipts):
                if not waiting.done.done():
                    waiting.done.set_result(None)
            else:
                _refuse(waiting, CallRepeated())

    def _fail(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            _refuse(one, ExchangeAway())


async def connect(database: str) -> psycopg.AsyncConnection[Any]:
    """A connection whose commits are on disk when they return."""
    return await psycopg.AsyncConnection.connect(
        database,
        autocommit=True,
        connect_timeout=5,
        options="-c statement_timeout=5000 -c timezone=UTC -c synchronous_commit=on",
    )


async def read_unblocked(
    connection: psycopg.AsyncConnection[Any],
) -> list[tuple[int, Receipt]]:
    """What an earlier process wrote and did not put into a block any more."""
    cursor = await connection.execute(
        f"SELECT id, {_COLUMNS} FROM exchange_receipt WHERE id >"  # noqa: S608  # nosec B608
        " (SELECT coalesce(max(last_id), 0) FROM exchange_block) ORDER BY id"
    )
    return [
        (row[0], dict(zip(rules.FACTS, row[1:], strict=True))) for row in await cursor.fetchall()
    ]


async def _got_lock(connection: psycopg.AsyncConnection[Any]) -> bool:
    row = await (await connection.execute(_LOCK)).fetchone()
    return bool(row and row[0])


async def _insert(
    statement: Statement, rows: Sequence[Receipt]
) -> dict[tuple[str, str], tuple[int, Receipt]]:
    by_name = {(row["side"], row["message"]): row for row in rows}
    written = {}
    for id_, side, message in await statement.run(orjson.dumps(rows), seconds=_WRITE_SECONDS):
        name = (str(side, "ascii"), str(message, "ascii"))
        written[name] = (int(id_), by_name[name])
    return written


def _refuse(waiting: _Waiting, refusal: Exception) -> None:
    if not waiting.done.done():
        waiting.done.set_exception(refusal)
