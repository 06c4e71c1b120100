"""A second's receipts under one signed root, and the partners' signatures under their part of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import psycopg

from yiwang.foundation.exchange import rules
from yiwang.foundation.exchange.fastpath import notation, questions
from yiwang.foundation.exchange.fastpath import receipts as writing
from yiwang.foundation.exchange.fastpath.envelope import Head
from yiwang.foundation.exchange.fastpath.receipts import Receipt
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    ExchangeAway,
    MessageNotGenuine,
    PartnerNonsense,
    RequestMalformed,
)
from yiwang.kernel import moments
from yiwang.mechanisms.crypto import rules as crypto

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

_log = logging.getLogger("yiwang.exchange")

KIND: Final = "block"
#: Our own receipts are not what the block was closed over: nothing to show to a partner.
OWN: Final = "OWN"
EVERY_SECONDS: Final = 1.0
MOST: Final = 4_000
_AT_ONCE: Final = 20
_PARTNER_RESTS_SECONDS: Final = 10.0
_COLUMNS: Final = ", ".join(rules.FACTS)
_LAST: Final = "SELECT number, root, last_id FROM exchange_block ORDER BY number DESC LIMIT 1"
_BLOCK: Final = """
INSERT INTO exchange_block (number, first_id, last_id, count, root, previous, at, signature)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_PART: Final = """
INSERT INTO exchange_countersignature
       (block_id, partner, count, root, signature, mismatches) VALUES (%s, %s, %s, %s, '', '[]')
"""
_COUNTED: Final = (
    "calls",
    "answered",
    "refused",
    "away",
    "rows",
    "milliseconds",
)
_OF_USE: Final = ("calls", "answered", "refused", "away", "rows")
_WHOSE: Final = ("side", "from_node", "system", "to_node", "service")
_WHO: Final = itemgetter(*_WHOSE)
_COUNT: Final = [
    f"""
INSERT INTO {table} AS f ({time}, side, from_node, system, to_node, service,
       calls, answered, refused, away, rows, milliseconds, slowest)
SELECT "time", side, from_node, system, to_node, service,
       calls, answered, refused, away, rows, milliseconds, slowest
  FROM json_to_recordset(%s::json) AS given("time" timestamptz, side text, from_node text,
       system text, to_node text, service text, calls int, answered int, refused int, away int,
       rows bigint, milliseconds bigint, slowest int)
    ON CONFLICT ({time}, side, system, service) DO UPDATE SET
       {", ".join(f"{name} = f.{name} + excluded.{name}" for name in _COUNTED)},
       slowest = greatest(f.slowest, excluded.slowest)
"""  # noqa: S608  # nosec B608 fixed names
    for table, time in (("exchange_figure", "minute"), ("exchange_figure_hour", "hour"))
]
_USED: Final = f"""
INSERT INTO exchange_use AS u (grant_key, day, calls, answered, refused, away, rows)
SELECT grant_key, day, calls, answered, refused, away, rows
  FROM json_to_recordset(%s::json) AS given(grant_key text, day date, calls int, answered int,
       refused int, away int, rows bigint)
    ON CONFLICT (grant_key, day) DO UPDATE SET
       {", ".join(f"{name} = u.{name} + excluded.{name}" for name in _OF_USE)}
"""  # noqa: S608  # nosec B608 fixed names
_OF_DAY: Final = (*_OF_USE, "milliseconds")
_DAY: Final = f"""
INSERT INTO exchange_service_day AS d
       (service, day, calls, answered, refused, away, rows, milliseconds, slowest)
SELECT service, day, calls, answered, refused, away, rows, milliseconds, slowest
  FROM json_to_recordset(%s::json) AS given(service text, day date, calls int, answered int,
       refused int, away int, rows bigint, milliseconds bigint, slowest int)
    ON CONFLICT (day, service) DO UPDATE SET
       {", ".join(f"{name} = d.{name} + excluded.{name}" for name in _OF_DAY)},
       slowest = greatest(d.slowest, excluded.slowest)
"""  # noqa: S608  # nosec B608 fixed names
_OPEN: Final = """
SELECT c.block_id, c.partner, c.count, c.root, b.first_id, b.last_id
  FROM exchange_countersignature c JOIN exchange_block b ON b.number = c.block_id
 WHERE c.signed_at IS NULL AND b.at < %s AND NOT c.partner = ANY(%s)
 ORDER BY c.block_id LIMIT %s
"""
_OF_PART: Final = f"""
SELECT {_COLUMNS} FROM exchange_receipt WHERE id BETWEEN %s AND %s AND grant_key <> ''
   AND ((side = 'CONSUMER' AND to_node = %s) OR (side = 'PROVIDER' AND from_node = %s)) ORDER BY id
"""  # noqa: S608  # nosec B608
_THEIRS: Final = f"""
SELECT {_COLUMNS} FROM exchange_receipt WHERE side = %s AND message = ANY(%s)
"""  # noqa: S608  # nosec B608
_SIGNED: Final = """
UPDATE exchange_countersignature SET signed_at = %s, signature = %s, mismatches = %s
 WHERE block_id = %s AND partner = %s AND signed_at IS NULL
"""


class Blocks:
    """Closes this node's blocks and has them countersigned."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._resting: dict[str, float] = {}

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
            await self._have_signed(connection)

    async def _close(self, connection: psycopg.AsyncConnection[Any]) -> int:
        """One block of what was written since the last; how many receipts it holds."""
        waiting = self._house.receipts.unblocked
        if not waiting:
            return 0
        async with connection.transaction():
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
        receipts = [receipt for _id, receipt in taken]
        root, at = (await _root(receipts)).hex(), moments.now()
        text = rules.block_text(
            node=self._house.config.node,
            number=number,
            root=root,
            previous=previous,
            count=len(taken),
            at=at,
        )
        ends = (taken[0][0], taken[-1][0], len(taken))
        signature = self._sign(text)
        await connection.execute(_BLOCK, [number, *ends, root, previous, at, signature])
        for partner, digests in parts(receipts, self._house.config.node).items():
            part = [number, partner, len(digests), rules.shared_root(digests)]
            await connection.execute(_PART, part)
        for statement, whole in zip(_COUNT, ({}, {"minute": 0}), strict=True):
            counted = notation.write(figures(receipts, **whole)).decode()
            await connection.execute(statement, [counted])
        if used := uses(receipts, self._house.config.node):
            await connection.execute(_USED, [notation.write(used).decode()])
        if days := service_days(receipts, self._house.config.node):
            await connection.execute(_DAY, [notation.write(days).decode()])

    async def _have_signed(self, connection: psycopg.AsyncConnection[Any]) -> None:
        now, clock = moments.now(), time.monotonic()
        resting = [partner for partner, until in self._resting.items() if until > clock]
        before = now - timedelta(seconds=self._house.config.countersign_after)
        cursor = await connection.execute(_OPEN, [before, resting, _AT_ONCE])
        for number, partner, count, root, first, last in await cursor.fetchall():
            if self._resting.get(partner, 0.0) > time.monotonic():
                continue
            mine = await connection.execute(_OF_PART, [first, last, partner, partner])
            part = [dict(zip(rules.FACTS, row, strict=True)) for row in await mine.fetchall()]
            try:
                signature, mismatches = "", [["", OWN]]
                calls = [[r["message"], r["side"], rules.shared_digest(r)] for r in part]
                if rules.shared_root([digest for *_whose, digest in calls]) == root:
                    signature, mismatches = await self._ask(partner, number, count, root, calls)
            except CannotCall as refusal:
                _log.warning("node %s does not countersign: %s", partner, refusal.code)
                self._resting[partner] = time.monotonic() + _PARTNER_RESTS_SECONDS
                continue
            if mismatches:
                _log.error(
                    "node %s sees %d calls of block %d otherwise", partner, len(mismatches), number
                )
            done = [moments.now(), signature, notation.write(mismatches).decode(), number, partner]
            await connection.execute(_SIGNED, done)

    async def _ask(
        self, partner: str, number: int, count: int, root: str, calls: Sequence[Sequence[str]]
    ) -> tuple[str, list[list[str]]]:
        house = self._house
        text = rules.part_text(
            asker=house.config.node, partner=partner, number=number, root=root, count=count
        )
        body = notation.write(
            {
                "number": number,
                "root": root,
                "count": count,
                "calls": calls,
                "signature": self._sign(text),
            }
        )
        answer = await house.partners.ask(house.snapshots.current, partner, KIND, body, seconds=10)
        try:
            given = questions.plain_object(answer)
            signature, mismatches = str(given["signature"]), _mismatches(given["mismatches"])
        except (RequestMalformed, KeyError) as error:
            raise PartnerNonsense from error
        signed = rules.answered_text(text, mismatches)
        if not is_signed_by_member(house, partner, signed, signature):
            raise PartnerNonsense
        return signature, mismatches

    def _sign(self, text: bytes) -> str:
        return sign(self._house, text)


async def countersign(house: House, head: Head, body: bytes) -> bytes:
    """A partner shows the calls we had; what we know of each is compared, and the answer signed."""
    given = questions.plain_object(body)
    try:
        number, count, root = int(given["number"]), int(given["count"]), str(given["root"])
        calls = [(str(m), str(side), bytes.fromhex(d).hex()) for m, side, d in given["calls"]]
        signature = str(given["signature"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise RequestMalformed from error
    if count != len(calls) or count > MOST or root != rules.shared_root([d for *_, d in calls]):
        raise RequestMalformed
    text = rules.part_text(
        asker=head.sender, partner=house.config.node, number=number, root=root, count=count
    )
    if not is_signed_by_member(house, head.sender, text, signature):
        raise MessageNotGenuine
    mismatches = await _compare(house, calls)
    answer = {
        "signature": sign(house, rules.answered_text(text, mismatches)),
        "mismatches": mismatches,
    }
    return notation.write(answer)


async def _compare(house: House, calls: Sequence[tuple[str, str, str]]) -> list[list[str]]:
    """Which calls we have no receipt of, or another one."""
    known: dict[tuple[str, str], str] = {}
    connection = await writing.connect(house.config.database)
    async with connection:
        for theirs, ours in (("CONSUMER", "PROVIDER"), ("PROVIDER", "CONSUMER")):
            messages = [message for message, side, _digest in calls if side == theirs]
            cursor = await connection.execute(_THEIRS, [ours, messages])
            for row in await cursor.fetchall():
                receipt = dict(zip(rules.FACTS, row, strict=True))
                known[receipt["message"], theirs] = rules.shared_digest(receipt)
    return [
        [message, "DIFFERENT" if (message, side) in known else "MISSING"]
        for message, side, digest in calls
        if known.get((message, side)) != digest
    ]


def parts(receipts: Sequence[Receipt], node: str) -> dict[str, list[str]]:
    """The shared digests of each partner's calls, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for receipt in receipts:
        partner = receipt["to_node" if receipt["side"] == "CONSUMER" else "from_node"]
        if partner != node and receipt["grant_key"]:  # without a grant it never left
            found[partner].append(rules.shared_digest(receipt))
    return found


def figures(receipts: Sequence[Receipt], **whole: int) -> list[dict[str, Any]]:
    """The receipts counted per minute, pair and service; with ``minute=0`` per hour."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for receipt in receipts:
        time: datetime = receipt["at"].replace(second=0, microsecond=0, **whole)
        key = (time, *_WHO(receipt))
        row = found.get(key)
        if row is None:
            row = found[key] = {
                "time": time.isoformat(),
                **dict(zip(_WHOSE, key[1:], strict=True)),
                "slowest": 0,
                **dict.fromkeys(_COUNTED, 0),
            }
        _count(row, receipt)
        row["milliseconds"] += receipt["milliseconds"]
        row["slowest"] = max(row["slowest"], receipt["milliseconds"])
    return list(found.values())


def uses(receipts: Sequence[Receipt], node: str) -> list[dict[str, Any]]:
    """The receipts counted per grant and day; a call both of whose sides are here counts once."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for receipt in receipts:
        if receipt["grant_key"] and not _told_twice(receipt, node):
            _count(_of_day(found, receipt, "grant_key", _OF_USE), receipt)
    return list(found.values())


def service_days(receipts: Sequence[Receipt], node: str) -> list[dict[str, Any]]:
    """The receipts counted per service and day; a call both of whose sides are here counts once."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for receipt in receipts:
        if not _told_twice(receipt, node):
            row = _of_day(found, receipt, "service", (*_OF_DAY, "slowest"))
            _count(row, receipt)
            row["milliseconds"] += receipt["milliseconds"]
            row["slowest"] = max(row["slowest"], receipt["milliseconds"])
    return list(found.values())


def _told_twice(receipt: Receipt, node: str) -> bool:
    return bool(receipt["side"] == "CONSUMER" and receipt["to_node"] == node)


@lru_cache(maxsize=48)
def _day(hour: datetime) -> str:
    return moments.legal_date(hour).isoformat()


def _of_day(
    found: dict[tuple[str, str], dict[str, Any]],
    receipt: Receipt,
    name: str,
    counted: Sequence[str],
) -> dict[str, Any]:
    hour = receipt["at"].replace(minute=0, second=0, microsecond=0)
    key = (receipt[name], _day(hour))
    return found.setdefault(key, {name: key[0], "day": key[1]} | dict.fromkeys(counted, 0))


def _count(row: dict[str, Any], receipt: Receipt) -> None:
    row["calls"] += 1
    row[{"REFUSED": "refused", "AWAY": "away"}.get(receipt["status"], "answered")] += 1
    row["rows"] += receipt["rows"]


def sign(house: House, text: bytes) -> str:
    """By this node's key: the one the others know."""
    key_id = house.partners.signing_key(house.snapshots.current)
    return crypto.signature(house.store.get(key_id), text, key_id=key_id)


def is_signed_by_member(house: House, code: str, text: bytes, signature: str) -> bool:
    """Also by a key that meanwhile ended: it was good when it signed."""
    member = house.snapshots.current.members.get(code)
    return member is not None and any(
        crypto.is_signed_by(text, signature, key_id=key.key_id, point=key.point)
        for key in member.keys
    )


async def _root(receipts: Sequence[Receipt]) -> bytes:
    """Callers are let through between every hundred."""
    leaves: list[bytes] = []
    for start in range(0, len(receipts), 100):
        leaves += [rules.leaf(receipt) for receipt in receipts[start : start + 100]]
        await asyncio.sleep(0)
    return rules.root(leaves)


def _mismatches(given: Any) -> list[list[str]]:
    """A partner's list: whatever it is, this process outlives it."""
    if not isinstance(given, list) or len(given) > MOST:
        raise RequestMalformed
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in given):
        raise RequestMalformed
    return [[str(message)[:32], str(why)[:20]] for message, why in given]
