"""One prepared statement, asked again and again on a connection nobody else uses.

psycopg's own asking costs three times as much, most of it for waiting anew each time; here one reader
stays with the loop. The protocol stays libpq's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from yiwang.foundation.exchange.fastpath import pacing

_NAME: Final = "yiwang_statement"


class Statement:
    """As long as this is open, its connection must not be asked anything else."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._pg = connection.pgconn
        self._loop = asyncio.get_running_loop()
        self._pace = pacing.of(self._loop)
        self._waiter: asyncio.Future[PGresult] | None = None
        self._found: PGresult | None = None
        self._is_pushing = False
        #: Kept: a lost connection does not say any more which it had.
        self._socket = self._pg.socket
        self._loop.add_reader(self._socket, self._hear)
        self._is_heard = True

    @classmethod
    async def prepare(
        cls, connection: psycopg.AsyncConnection[Any], kinds: str, text: str
    ) -> Statement:
        """``text`` names its values $1, $2, …; ``kinds``: their types."""
        await connection.execute(f"PREPARE {_NAME} ({kinds}) AS {text}")
        return cls(connection)

    def close(self) -> None:
        """Before its connection is asked anything else or closed."""
        if self._is_heard:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._is_heard = False

    async def run(self, *values: bytes, seconds: float) -> list[Sequence[bytes]]:
        """Its rows, as text, nothing as no text. psycopg.Error, TimeoutError: whether it was done nobody knows."""
        if self._waiter is not None or not self._is_heard:
            raise psycopg.OperationalError("lost, or it has not answered yet")
        self._waiter, self._found = self._loop.create_future(), None
        timer = self._loop.call_later(seconds, self._fail, TimeoutError())
        try:
            self._pg.send_query_prepared(_NAME.encode(), values)
            self._push()
            found = await self._waiter
        finally:
            timer.cancel()
        self._waiter = None  # not after an error: then it is not known what comes next
        return [
            [found.get_value(row, column) or b"" for column in range(found.nfields)]
            for row in range(found.ntuples)
        ]

    def _push(self) -> None:
        """What does not go out at once goes out later."""
        try:
            is_left = self._pg.flush() == 1
        except psycopg.Error as error:
            self.close()
            self._fail(error)
            return
        if is_left and not self._is_pushing:
            self._loop.add_writer(self._socket, self._push)
        elif self._is_pushing and not is_left:
            self._loop.remove_writer(self._socket)
        self._is_pushing = is_left

    def _hear(self) -> None:
        self._pace.heard()
        try:
            self._pg.consume_input()
            while not self._pg.is_busy():
                found = self._pg.get_result()
                if found is None:
                    self._finish()
                    return
                self._found = found
        except psycopg.Error as error:
            self.close()
            self._fail(error)

    def _finish(self) -> None:
        found = self._found
        if self._waiter is None or self._waiter.done() or found is None:
            return
        if found.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            self._waiter.set_result(found)
        else:
            self.close()  # it may be lost with that
            self._waiter.set_exception(error_from_result(found))

    def _fail(self, error: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
