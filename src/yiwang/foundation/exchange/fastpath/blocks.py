"""A second's receipts under one signed root, and what they come to in the figures."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import psycopg

from yiwang.foundation.exchange import rules
from yiwang.foundation.exchange.fastpath import notation, signatures
from yiwang.foundation.exchange.fastpath import receipts as writing
from yiwang.foundation.exchange.fastpath.countersigning import MOST, Countersignatures
from yiwang.foundation.exchange.fastpath.counting import count
from yiwang.foundation.exchange.fastpath.receipts import Receipt
from yiwang.foundation.exchange.fastpath.refusals import ExchangeAway
from yiwang.kernel import moments

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

_log = logging.getLogger("yiwang.exchange")

EVERY_SECONDS: Final = 1.0
_LAST: Final = "SELECT number, root, last_id FROM exchange_block ORDER BY number DESC LIMIT 1"
_OF_USE: Final = ("calls", "answered", "refused", "away", "rows")
_COUNTED: Final = (*_OF_USE, "milliseconds")
_FIGURES: Final = """
INSERT INTO {table} AS f ({time}, side, from_node, system, to_node, service,
       calls, answered, refused, away, rows, milliseconds, slowest)
SELECT "time", side, from_node, system, to_node, service,
       calls, answered, refused, away, rows, milliseconds, slowest
  FROM json_to_recordset(%({name})s::json) AS given("time" timestamptz, side text, from_node text,
       system text, to_node text, service text, calls int, answered int, refused int, away int,
       rows bigint, milliseconds bigint, slowest int)
    ON CONFLICT ({time}, side, system, service) DO UPDATE SET {sums},
       slowest = greatest(f.slowest, excluded.slowest)
"""


def _sums(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names)


#: The block, the partners' parts and everything counted: all of it or nothing, in one round trip.
_CLOSE: Final = f"""
WITH block AS (
INSERT INTO exchange_block (number, first_id, last_id, count, root, previous, at, signature)
VALUES (%(number)s, %(first)s, %(last)s, %(count)s, %(root)s, %(previous)s, %(at)s, %(signature)s)
), parts AS (
INSERT INTO exchange_countersignature
       (block_id, partner, count, root, signature, mismatches)
SELECT %(number)s, partner, count, root, '', '[]'::jsonb
  FROM json_to_recordset(%(parts)s::json) AS given(partner text, count int, root text)
), minutes AS ({
    _FIGURES.format(
        table="exchange_figure", time="minute", name="minutes", sums=_sums("f", _COUNTED)
    )
}), hours AS ({
    _FIGURES.format(
        table="exchange_figure_hour", time="hour", name="hours", sums=_sums("f", _COUNTED)
    )
}), uses AS (
INSERT INTO exchange_use AS u (grant_key, day, calls, answered, refused, away, rows)
SELECT grant_key, day, calls, answered, refused, away, rows
  FROM json_to_recordset(%(uses)s::json) AS given(grant_key text, day date, calls int,
       answered int, refused int, away int, rows bigint)
    ON CONFLICT (grant_key, day) DO UPDATE SET {_sums("u", _OF_USE)}
)
INSERT INTO exchange_service_day AS d
       (service, day, calls, answered, refused, away, rows, milliseconds, slowest)
SELECT service, day, calls, answered, refused, away, rows, milliseconds, slowest
  FROM json_to_recordset(%(days)s::json) AS given(service text, day date, calls int, answered int,
       refused int, away int, rows bigint, milliseconds bigint, slowest int)
    ON CONFLICT (day, service) DO UPDATE SET {_sums("d", _COUNTED)},
       slowest = greatest(d.slowest, excluded.slowest)
"""  # noqa: S608  # nosec B608 fixed names


class Blocks:
    """Closes this node's blocks and has them countersigned."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._countersignatures = Countersignatures(house)

    async def keep(self) -> None:
        """For ever: each second one block and a few signatures; a lost database is waited for."""
        while True:
            try:
                connection = await writing.connect(self._house.config.database)
                async with connection:
                    while True:
                        await self._round(connection)
                        await asyncio.sleep(EVERY_SECONDS)
            except (psycopg.Error, OSError, TimeoutError, ExchangeAway):
                _log.warning("database away")
            await asyncio.sleep(EVERY_SECONDS)

    async def _round(self, connection: psycopg.AsyncConnection[Any]) -> None:
        if self._house.receipts.alive:  # we are the one writer
            while await self._close(connection) == MOST:
                await asyncio.sleep(0)
            await self._countersignatures.collect(connection)

    async def _close(self, connection: psycopg.AsyncConnection[Any]) -> int:
        """One block of what was written since the last; how many receipts it holds."""
        waiting = self._house.receipts.unblocked
        if not waiting:
            return 0
        found = await (await connection.execute(_LAST)).fetchone()
        number, previous, last = found or (0, "", 0)
        taken = [pair for pair in waiting[:MOST] if pair[0] > last]
        if taken:
            await self._write(connection, number + 1, previous, taken)
        end = taken[-1][0] if taken else last
        waiting[:] = [pair for pair in waiting if pair[0] > end]
        return len(taken)

    async def _write(
        self,
        connection: psycopg.AsyncConnection[Any],
        number: int,
        previous: str,
        taken: Sequence[tuple[int, Receipt]],
    ) -> None:
        node, receipts = self._house.config.node, [receipt for _id, receipt in taken]
        root, at = (await _root(receipts)).hex(), moments.now()
        text = rules.block_text(
            node=node, number=number, root=root, previous=previous, count=len(taken), at=at
        )
        parts = [
            {"partner": partner, "count": len(digests), "root": rules.shared_root(digests)}
            for partner, digests in _parts(receipts, node).items()
        ]
        rows = {"parts": parts, **count(receipts, node)._asdict()}
        values = {
            "number": number,
            "first": taken[0][0],
            "last": taken[-1][0],
            "count": len(taken),
            "root": root,
            "previous": previous,
            "at": at,
            "signature": signatures.sign(self._house, text),
            **{name: notation.write(value).decode() for name, value in rows.items()},
        }
        await connection.execute(_CLOSE, values)


def _parts(receipts: Sequence[Receipt], node: str) -> dict[str, list[str]]:
    """The shared digests of each partner's calls, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for receipt in receipts:
        partner = receipt["to_node" if receipt["side"] == "CONSUMER" else "from_node"]
        if partner != node and receipt["grant_key"]:  # without a grant it never left
            found[partner].append(rules.shared_digest(receipt))
    return found


async def _root(receipts: Sequence[Receipt]) -> bytes:
    """Callers are let through between every hundred."""
    leaves: list[bytes] = []
    for start in range(0, len(receipts), 100):
        leaves += [rules.leaf(receipt) for receipt in receipts[start : start + 100]]
        await asyncio.sleep(0)
    return rules.root(leaves)
