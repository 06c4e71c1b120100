"""大答复: rows of a query some at a time, as fast as they are taken, on a line of their own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from yiwang.foundation.datasources.asking import pack
from yiwang.foundation.datasources.definitions import (
    MOST_LARGE_BYTES,
    NoLargeAnswer,
    Outcome,
    SourceAwayNow,
)
from yiwang.foundation.datasources.rules.statement import Statement
from yiwang.foundation.datasources.runner.catalogue import Entry
from yiwang.foundation.datasources.runner.pool import Away, Pools
from yiwang.foundation.datasources.runner.refusing import no, said
from yiwang.kernel import moments
from yiwang.kernel.refusals import Refusal

log = logging.getLogger("yiwang.query")

#: The query that is meant, its statement, and the columns its source is asked by.
Understood = Callable[[Mapping[str, Any]], Awaitable[tuple[Entry, Statement, tuple[str, ...]]]]

#: Of all sources together; one of each source.
AT_ONCE: Final = 4
#: For all of one: a little longer than the exchange waits.
SECONDS: Final = 310.0


def declared(entry: Entry) -> Entry:
    """The query with the rows of a large answer. NoLargeAnswer."""
    published = entry.published
    if not published.large:
        raise NoLargeAnswer
    return replace(entry, published=replace(published, rows=published.large))


class Larges:
    """Those under way in this process."""

    def __init__(self, pools: Pools, understood: Understood) -> None:
        self._pools, self._understood, self._running = pools, understood, 0

    async def hand_on(
        self, asked: Mapping[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Until it is whole, or whoever asked has left: then its child is ended."""
        work = asyncio.ensure_future(self._send(asked, writer))
        left = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait((work, left), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, left):
                task.cancel()
            await asyncio.gather(work, left, return_exceptions=True)

    async def _send(self, asked: Mapping[str, Any], writer: asyncio.StreamWriter) -> None:
        """SourceAwayNow inside: there are as many as may be."""
        try:
            if self._running >= AT_ONCE:
                raise SourceAwayNow("这里正在取的大答复太多。")
            self._running += 1
            try:
                async with asyncio.timeout(SECONDS):
                    await self._pour(asked, writer)
            finally:
                self._running -= 1
        except Refusal as refused:
            writer.write(no(refused))
        except ConnectionError:
            return
        except (OSError, TimeoutError) as error:
            log.warning("cannot answer: %s", type(error).__name__)
            writer.write(no(SourceAwayNow()))
        except Exception:
            log.exception("a large answer failed")
            writer.write(no(SourceAwayNow()))
        await writer.drain()

    async def _pour(self, asked: Mapping[str, Any], writer: asyncio.StreamWriter) -> None:
        entry, built, indexes = await self._understood(asked)
        parts = self._pools.large(entry.source, indexes, _told(entry, built))
        try:
            async with contextlib.aclosing(parts):
                async for head, body in parts:
                    writer.write(_frame(entry, head, body))
                    await writer.drain()
        except Away as away:
            log.warning("no large answer", extra={"query": entry.published.name})
            raise said(away, entry.published) from away


def _told(entry: Entry, built: Statement) -> dict[str, Any]:
    """What the child is asked."""
    return {
        "large": True,
        "sql": built.sql,
        "values": [list(pair) for pair in built.values],
        "names": list(built.names),
        "types": list(built.types),
        "rows": entry.published.rows,
        "bytes": MOST_LARGE_BYTES,
        "seconds": entry.published.seconds,
    }


def _frame(entry: Entry, head: Mapping[str, Any], body: bytes) -> bytes:
    if not head["last"]:
        return pack({"outcome": Outcome.FOUND, "last": False}, body)
    return pack(
        {
            "outcome": Outcome.FOUND if head["rows"] else Outcome.NOT_FOUND,
            "last": True,
            "count": head["rows"],
            "more": head["more"],
            "as_of": entry.source.as_of or moments.now().isoformat(),
            "source": entry.source.label,
        },
        body,
    )
