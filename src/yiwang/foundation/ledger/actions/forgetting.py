"""What was destroyed is not provable any more: the random parts of its leaves are overwritten.

The leaves stay in their places and every root stays what it was; proofs handed out before still hold, and
nobody can try any more what a leaf might say (docs/decisions/0280, 0358).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from yiwang.foundation.ledger.definitions import JOURNAL
from yiwang.foundation.ledger.rules import leaves
from yiwang.foundation.ledger.rules.leaves import SALT_BYTES
from yiwang.foundation.ledger.rules.tiles import WIDTH
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import queries as journal_queries
from yiwang.mechanisms.statements import prepared

#: Waits for a round of the appender, and keeps the next from moving salts meanwhile.
_HOLD: Final = "SELECT size FROM ledger_tree WHERE name = %s FOR UPDATE"
_TILES: Final = (
    "SELECT index, salts FROM ledger_salts WHERE tree = %s AND index = ANY(%s::bigint[])"
)
_KEEP_TILE: Final = "UPDATE ledger_salts SET salts = %s WHERE tree = %s AND index = %s"
_RUNS: Final = "SELECT first, salts FROM ledger_run WHERE tree = %s ORDER BY first"
_KEEP_RUN: Final = "UPDATE ledger_run SET salts = %s WHERE tree = %s AND first = %s"


def forget(*, subjects: Sequence[str], actor: Actor, at: datetime) -> int:
    """Overwrite the random parts of all entries about these references, and note which; how many.

    In the caller's transaction, together with the destruction. What is written about them from now on,
    the destruction itself first of all, is provable. Twice is once.
    """
    held = prepared.run(_HOLD, [JOURNAL])
    size = int(held[0][0]) if held else 0
    found = [n for n in journal_queries.list_positions(subjects) if n <= size]
    gone = sorted(_forget_in_tiles(found) | _forget_in_runs(found))
    if gone:
        facts = {"numbers": leaves.told(gone), "tree": JOURNAL}
        first, *others = subjects
        journal.record(
            actor=actor, act="ledger.forget", subject=first, subjects=others, at=at, facts=facts
        )
    return len(gone)


def _forget_in_tiles(numbers: Iterable[int]) -> set[int]:
    by_tile: dict[int, list[int]] = defaultdict(list)
    for number in numbers:
        by_tile[(number - 1) // WIDTH].append(number)
    gone: set[int] = set()
    for index, salts in prepared.run(_TILES, [JOURNAL, list(by_tile)]):
        kept, now = _without(bytes(salts), index * WIDTH, by_tile[index])
        if now:
            prepared.run(_KEEP_TILE, [kept, JOURNAL, index])
            gone.update(now)
    return gone


def _forget_in_runs(numbers: Sequence[int]) -> set[int]:
    gone: set[int] = set()
    for first, salts in prepared.run(_RUNS, [JOURNAL]):
        behind = first + len(salts) // SALT_BYTES
        kept, now = _without(bytes(salts), first, [n for n in numbers if first < n <= behind])
        if now:
            prepared.run(_KEEP_RUN, [kept, JOURNAL, first])
            gone.update(now)
    return gone


def _without(salts: bytes, before: int, numbers: Iterable[int]) -> tuple[bytes, list[int]]:
    """The random parts with zeros for some leaves, and for which they were none yet."""
    kept, gone = bytearray(salts), []
    for number in numbers:
        start = (number - 1 - before) * SALT_BYTES
        if any(kept[start : start + SALT_BYTES]):
            kept[start : start + SALT_BYTES] = bytes(SALT_BYTES)
            gone.append(number)
    return bytes(kept), gone
