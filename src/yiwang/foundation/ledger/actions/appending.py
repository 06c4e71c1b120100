"""The appender: gives every numbered row of a source its leaf, in order and without a gap."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from django.db import transaction

from yiwang.foundation.ledger import nodes
from yiwang.foundation.ledger.definitions import LedgerDiverged, Numbered, Source
from yiwang.foundation.ledger.rules import tiles
from yiwang.foundation.ledger.rules.leaves import SALT_BYTES, leaf_data
from yiwang.foundation.ledger.rules.merkle import SM3, hash_leaf
from yiwang.foundation.ledger.rules.tiles import HASH_BYTES, WIDTH, Place, Tile
from yiwang.mechanisms.statements import prepared

BATCH: Final = 8192

_ENROL: Final = """
INSERT INTO ledger_tree (name, algorithm, size, last) VALUES (%s, %s, 0, '') ON CONFLICT DO NOTHING
"""
_TAKE: Final = "SELECT size, last FROM ledger_tree WHERE name = %s FOR UPDATE SKIP LOCKED"
_MOVE: Final = "UPDATE ledger_tree SET size = %s, last = %s WHERE name = %s"
_ADD_RUN: Final = "INSERT INTO ledger_run (tree, first, hashes, salts) VALUES (%s, %s, %s, %s)"
_MAKE_ROOM: Final = "DELETE FROM ledger_run WHERE tree = %s AND first < %s"
_ADD_TILES: Final = """
INSERT INTO ledger_tile (tree, level, index, nodes, top)
SELECT %s, level, index, nodes, top
  FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[], %s::bytea[]) AS t (level, index, nodes, top)
"""
_ADD_SALTS: Final = """
INSERT INTO ledger_salts (tree, index, salts)
SELECT %s, index, salts FROM unnest(%s::bigint[], %s::bytea[]) AS t (index, salts)
"""


def append(source: Source, *, limit: int = BATCH) -> int:
    """Append what the source has behind the tree's end; how many leaves it was.

    ``LedgerDiverged`` when the source lost, changed or skipped something the tree would stand on.
    One transaction: killed anywhere, the round did not happen. Of two that append, one waits for
    its next round.
    """
    with transaction.atomic():
        rows = prepared.run(_TAKE, [source.tree])
        if not rows:  # new, or another appender is at it
            prepared.run(_ENROL, [source.tree, SM3])
            return 0
        size, last = rows[0]
        found = _next(source, size, bytes(last), limit)
        if found:
            _write(source, size, found)
    return len(found)


def _next(source: Source, size: int, last: bytes, limit: int) -> Sequence[Numbered]:
    """The rows behind the tree's end, read together with the one it ends on."""
    rows = source.read(max(size - 1, 0), limit + 1)
    if size:
        if not rows or rows[0] != (size, last):
            raise LedgerDiverged(f"{source.tree}: number {size} is not what it was")
        rows = rows[1:]
    if rows and (rows[0][0] != size + 1 or rows[-1][0] != size + len(rows)):
        raise LedgerDiverged(f"{source.tree}: a number behind {size} is missing")
    return rows[:limit]


def _write(source: Source, size: int, found: Sequence[Numbered]) -> None:
    drawn = os.urandom(SALT_BYTES * len(found))
    salts = [drawn[n : n + SALT_BYTES] for n in range(0, len(drawn), SALT_BYTES)]
    hashes = [
        hash_leaf(leaf_data(source.kind, number, salt, digest))
        for (number, digest), salt in zip(found, salts, strict=True)
    ]
    whole = (size + len(found)) // WIDTH * WIDTH
    if whole > size:
        begun = nodes.read_runs(source.tree)
        begun_salts = nodes.read_run_salts(source.tree)

        def earlier(place: Place) -> Sequence[bytes]:
            return begun if place.level == 0 else nodes.read_tops(source.tree, place)

        _keep(source.tree, tiles.finished(0, size, hashes, earlier))
        _keep_salts(source.tree, size - len(begun), begun_salts + drawn)
        prepared.run(_MAKE_ROOM, [source.tree, whole])
    rest = max(whole - size, 0)
    if hashes[rest:]:
        left = drawn[rest * SALT_BYTES :]
        prepared.run(_ADD_RUN, [source.tree, size + rest, b"".join(hashes[rest:]), left])
    prepared.run(_MOVE, [size + len(found), found[-1][1], source.tree])


def _keep(tree: str, made: Sequence[Tile]) -> None:
    if any(len(tile.nodes) != tiles.NODES * HASH_BYTES for tile in made):
        raise ValueError("a tile that is not whole")
    levels = [tile.place.level for tile in made]
    indexes = [tile.place.number for tile in made]
    prepared.run(
        _ADD_TILES,
        [tree, levels, indexes, [tile.nodes for tile in made], [tile.top for tile in made]],
    )


def _keep_salts(tree: str, start: int, salts: bytes) -> None:
    step = WIDTH * SALT_BYTES
    pieces = [salts[n : n + step] for n in range(0, len(salts) // step * step, step)]
    first = start // WIDTH
    prepared.run(_ADD_SALTS, [tree, list(range(first, first + len(pieces))), pieces])
