"""A partner's signature under its part of our blocks, and ours under its: each can prove the other's."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import psycopg

from yiwang.foundation.exchange import rules
from yiwang.foundation.exchange.fastpath import notation, questions, signatures
from yiwang.foundation.exchange.fastpath.envelope import Head
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    MessageNotGenuine,
    PartnerNonsense,
    RequestMalformed,
)
from yiwang.kernel import moments

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

_log = logging.getLogger("yiwang.exchange")

KIND: Final = "block"
#: Our own receipts are not what the block was closed over: nothing to show to a partner.
OWN: Final = "OWN"
#: Receipts of one block, and so calls of a part.
MOST: Final = 4_000
_AT_ONCE: Final = 20
_PARTNER_RESTS_SECONDS: Final = 10.0
_SECONDS: Final = 10.0
_SHARED: Final = ", ".join(rules.SHARED)
_OPEN: Final = """
SELECT c.block_id, c.partner, c.count, c.root, b.first_id, b.last_id
  FROM exchange_countersignature c JOIN exchange_block b ON b.number = c.block_id
 WHERE c.signed_at IS NULL AND b.at < %s AND NOT c.partner = ANY(%s)
 ORDER BY c.block_id LIMIT %s
"""
_OF_PART: Final = f"""
SELECT side, {_SHARED} FROM exchange_receipt WHERE id BETWEEN %s AND %s AND grant_key <> ''
   AND ((side = 'CONSUMER' AND to_node = %s) OR (side = 'PROVIDER' AND from_node = %s)) ORDER BY id
"""  # noqa: S608  # nosec B608
_OF_CALLS: Final = f"""
SELECT {_SHARED} FROM exchange_receipt WHERE side = %s AND message = ANY(%s)
"""  # noqa: S608  # nosec B608
_SIGNED: Final = """
UPDATE exchange_countersignature SET signed_at = %s, signature = %s, mismatches = %s
 WHERE block_id = %s AND partner = %s AND signed_at IS NULL
"""


class Countersignatures:
    """Shows the partners their parts of this node's blocks."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._resting: dict[str, float] = {}

    async def collect(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """A few of those that are due; who does not answer is left alone for a while."""
        now, clock = moments.now(), time.monotonic()
        resting = [partner for partner, until in self._resting.items() if until > clock]
        before = now - timedelta(seconds=self._house.config.countersign_after)
        cursor = await connection.execute(_OPEN, [before, resting, _AT_ONCE])
        for number, partner, count, root, first, last in await cursor.fetchall():
            if self._resting.get(partner, 0.0) > time.monotonic():
                continue
            mine = await connection.execute(_OF_PART, [first, last, partner, partner])
            calls = [
                (shared[0], side, rules.digest_of_shared(shared))
                for side, *shared in await mine.fetchall()
            ]
            try:
                signature, mismatches = "", [["", OWN]]
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
                "signature": signatures.sign(house, text),
            }
        )
        answer = await house.partners.ask(
            house.snapshots.current, partner, KIND, body, seconds=_SECONDS
        )
        try:
            given = questions.plain_object(answer)
            signature, mismatches = str(given["signature"]), _mismatches(given["mismatches"])
        except (RequestMalformed, KeyError) as error:
            raise PartnerNonsense from error
        signed = rules.answered_text(text, mismatches)
        if not signatures.is_signed_by_member(house, partner, signed, signature):
            raise PartnerNonsense
        return signature, mismatches


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
    if not signatures.is_signed_by_member(house, head.sender, text, signature):
        raise MessageNotGenuine
    mismatches = await _compare(house, calls)
    answer = {
        "signature": signatures.sign(house, rules.answered_text(text, mismatches)),
        "mismatches": mismatches,
    }
    return notation.write(answer)


async def _compare(house: House, calls: Sequence[tuple[str, str, str]]) -> list[list[str]]:
    """Which calls we have no receipt of, or another one."""
    known: dict[tuple[str, str], str] = {}
    for theirs, ours in (("CONSUMER", "PROVIDER"), ("PROVIDER", "CONSUMER")):
        messages = [message for message, side, _digest in calls if side == theirs]
        if messages:
            for shared in await house.shelf.run(_OF_CALLS, [ours, messages]):
                known[shared[0], theirs] = rules.digest_of_shared(shared)
    return [
        [message, "DIFFERENT" if (message, side) in known else "MISSING"]
        for message, side, digest in calls
        if known.get((message, side)) != digest
    ]


def _mismatches(given: Any) -> list[list[str]]:
    """A partner's list: whatever it is, this process outlives it."""
    if not isinstance(given, list) or len(given) > MOST:
        raise RequestMalformed
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in given):
        raise RequestMalformed
    return [[str(message)[:32], str(why)[:20]] for message, why in given]
