"""Where a node lies: tiles of 256 neighbours and everything above them up to their top.

A whole tile of level L has the 256 nodes of height 8·L beside each other, then the 128 above them,
and so on to the two below its top: 510 hashes. Its top is a node of the level above. A proof among
ten million leaves touches six tiles. Leaves that fill no tile yet lie in runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from yiwang.foundation.ledger.rules.merkle import Node, hash_node

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
HASH_BYTES: Final = 32
#: Hashes in a whole tile, its top not counted.
NODES: Final = 2 * WIDTH - 2


class Place(NamedTuple):
    """A tile."""

    level: int
    number: int


class Tile(NamedTuple):
    """A whole tile as it is kept."""

    place: Place
    nodes: bytes
    top: bytes


def place_of(node: Node) -> tuple[Place, int]:
    """The tile a node lies in, and which of the tile's hashes it is."""
    level, row = divmod(node.height, HEIGHT)
    width = WIDTH >> row
    tile, column = divmod(node.number, width)
    return Place(level, tile), 2 * (WIDTH - width) + column


def hash_at(nodes: bytes, number: int) -> bytes:
    return nodes[number * HASH_BYTES : (number + 1) * HASH_BYTES]


def rows_above(lowest: Sequence[bytes]) -> list[list[bytes]]:
    """The lowest row and every row of whole nodes above it; of a whole tile the last row is the top."""
    rows = [list(lowest)]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([hash_node(below[n], below[n + 1]) for n in range(0, len(below) - 1, 2)])
    return rows


def whole_tile(place: Place, lowest: Sequence[bytes]) -> Tile:
    """A tile from its 256 lowest hashes; ValueError for another number."""
    if len(lowest) != WIDTH:
        raise ValueError(f"{len(lowest)} hashes are no tile")
    *rows, top = rows_above(lowest)
    return Tile(place, b"".join(b"".join(row) for row in rows), top[0])


def pick(rows: Sequence[Sequence[bytes]], node: Node) -> bytes:
    """A node of a tile that is not whole yet, from its rows; IndexError when it is not there."""
    row = node.height % HEIGHT
    return rows[row][node.number % (WIDTH >> row)]


def finished(
    level: int, start: int, new: Sequence[bytes], earlier: Callable[[Place], Sequence[bytes]]
) -> list[Tile]:
    """Every tile, at this level and above, that becomes whole when ``new`` hashes follow ``start``.

    ``earlier``: the hashes that already lie in a tile that is not whole yet; asked only for tiles
    that become whole now.
    """
    made: list[Tile] = []
    first, behind = start // WIDTH, (start + len(new)) // WIDTH
    if behind == first:
        return made
    begun = earlier(Place(level, first)) if start % WIDTH else ()
    lowest = [*begun, *new]
    for index in range(first, behind):
        offset = (index - first) * WIDTH
        made.append(whole_tile(Place(level, index), lowest[offset : offset + WIDTH]))
    return made + finished(level + 1, first, [tile.top for tile in made], earlier)
