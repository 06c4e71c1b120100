"""Reading hashes of a tree: from whole tiles, and at the right edge from runs and tops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from yiwang.foundation.ledger.definitions import NodesMissing
from yiwang.foundation.ledger.rules import merkle, tiles
from yiwang.foundation.ledger.rules.leaves import SALT_BYTES
from yiwang.foundation.ledger.rules.merkle import Node, Span
from yiwang.foundation.ledger.rules.tiles import HASH_BYTES, WIDTH, Place
from yiwang.mechanisms.statements import prepared

#: The hash by a subquery, so the planner has no choice but one look-up a row: it knows nothing of how
#: few there are, and would read the whole table of tiles.
_SLICES: Final = """
SELECT w.height, w.number,
       (SELECT substring(t.nodes FROM w.at FOR 32) FROM ledger_tile t
         WHERE t.tree = %s AND t.level = w.level AND t.index = w.index)
  FROM unnest(%s::int[], %s::bigint[], %s::smallint[], %s::bigint[], %s::int[])
    AS w (height, number, level, index, at)
"""
_RUNS: Final = "SELECT hashes, salts FROM ledger_run WHERE tree = %s ORDER BY first"
_TOPS: Final = """
SELECT top FROM ledger_tile WHERE tree = %s AND level = %s AND index >= %s AND index < %s ORDER BY index
"""
_SALT: Final = """
SELECT substring(salts FROM %s FOR 16) FROM ledger_salts WHERE tree = %s AND index = %s
"""
_SALTS: Final = "SELECT salts FROM ledger_salts WHERE tree = %s AND index = %s"
_SIZE: Final = "SELECT size FROM ledger_tree WHERE name = %s"
_SALT_AT_EDGE: Final = """
SELECT substring(salts FROM (%(index)s - first)::int * 16 + 1 FOR 16) FROM ledger_run
 WHERE tree = %(tree)s AND first <= %(index)s ORDER BY first DESC LIMIT 1
"""


def fold(tree: str, spans: Sequence[Span]) -> list[bytes]:
    """The hash of each span of leaves; ``NodesMissing`` when the database lost what it needs."""
    found = read(tree, merkle.needed(spans))
    return [merkle.fold(span, found) for span in spans]


def read(tree: str, wanted: Collection[Node]) -> dict[Node, bytes]:
    """Some nodes of a tree. A tile may become whole meanwhile: then its runs are gone, and the tile
    is there."""
    found = _from_tiles(tree, wanted)
    for look in (_from_edge, _from_tiles):
        missing = [node for node in wanted if node not in found]
        if not missing:
            return found
        found |= look(tree, missing)
    if any(node not in found for node in wanted):
        raise NodesMissing(f"{tree}: {sorted(set(wanted) - set(found))[:3]}")
    return found


def _from_tiles(tree: str, wanted: Collection[Node]) -> dict[Node, bytes]:
    places = [(node, *tiles.place_of(node)) for node in wanted]
    rows = prepared.run(
        _SLICES,
        [
            tree,
            [node.height for node, _, _ in places],
            [node.number for node, _, _ in places],
            [place.level for _, place, _ in places],
            [place.number for _, place, _ in places],
            [number * HASH_BYTES + 1 for _, _, number in places],
        ],
    )
    return {Node(height, n): bytes(value) for height, n, value in rows if value is not None}


def _from_edge(tree: str, wanted: Collection[Node]) -> dict[Node, bytes]:
    """What lies in tiles that are not whole yet: at most one at each level."""
    by_place: dict[Place, list[Node]] = defaultdict(list)
    for node in wanted:
        by_place[tiles.place_of(node)[0]].append(node)
    found = {}
    for place, there in by_place.items():
        lowest = read_runs(tree) if place.level == 0 else read_tops(tree, place)
        rows = tiles.rows_above(lowest)
        for node in there:
            try:
                found[node] = tiles.pick(rows, node)
            except IndexError:
                continue  # not whole yet, or in a tile by now
    return found


def read_runs(tree: str) -> list[bytes]:
    """Leaf hashes behind the last whole tile."""
    joined = b"".join(bytes(hashes) for hashes, _ in prepared.run(_RUNS, [tree]))
    return split(joined)


def read_run_salts(tree: str) -> bytes:
    return b"".join(bytes(salts) for _, salts in prepared.run(_RUNS, [tree]))


def read_tops(tree: str, place: Place) -> list[bytes]:
    """The lowest hashes of a tile above the lowest level: tops of the tiles below it."""
    first = place.number * WIDTH
    rows = prepared.run(_TOPS, [tree, place.level - 1, first, first + WIDTH])
    return [bytes(top) for (top,) in rows]


def read_salt(tree: str, index: int) -> bytes:
    """The random part of a leaf; empty when the tree has no such leaf, zeros when it is forgotten."""
    at = index % WIDTH * SALT_BYTES + 1
    rows = prepared.run(_SALT, [at, tree, index // WIDTH])
    rows = rows or prepared.run(_SALT_AT_EDGE, {"tree": tree, "index": index})
    rows = rows or prepared.run(_SALT, [at, tree, index // WIDTH])  # whole meanwhile
    return bytes(rows[0][0]) if rows else b""


def read_salts(tree: str, tile: int) -> bytes:
    """The random parts of all leaves of a lowest tile, or of those behind the last whole one."""
    rows = prepared.run(_SALTS, [tree, tile])
    if rows:
        return bytes(rows[0][0])
    return read_run_salts(tree) if tile == _size(tree) // WIDTH else b""


def _size(tree: str) -> int:
    rows = prepared.run(_SIZE, [tree])
    return int(rows[0][0]) if rows else 0


def split(joined: bytes) -> list[bytes]:
    return [joined[n : n + HASH_BYTES] for n in range(0, len(joined), HASH_BYTES)]
