from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from yiwang.foundation.ledger.rules import leaves, merkle, tiles
from yiwang.foundation.ledger.rules.merkle import Node
from yiwang.foundation.ledger.tests import plain

MANY = [n.to_bytes(3, "big") for n in range(700)]
HASHES = [merkle.hash_leaf(data) for data in MANY]


def nodes_of(size: int) -> dict[Node, bytes]:
    """Every whole subtree of a tree, each by the plain way."""
    found = {Node(0, n): HASHES[n] for n in range(size)}
    for height in range(1, size.bit_length()):
        for index in range(size >> height):
            left, right = Node(height - 1, 2 * index), Node(height - 1, 2 * index + 1)
            found[Node(height, index)] = plain.h(b"\x01" + found[left] + found[right])
    return found


NODES = nodes_of(len(MANY))
sizes = some.integers(1, len(MANY))


@given(sizes)
def test_a_root_is_that_of_the_rfc(size: int) -> None:
    assert merkle.fold((0, size), NODES) == plain.mth(MANY[:size])
    assert merkle.empty_root() == plain.mth([])


@given(sizes.flatmap(lambda n: some.tuples(some.integers(0, n - 1), some.just(n))))
def test_an_inclusion_proof_is_that_of_the_rfc_and_holds(pair: tuple[int, int]) -> None:
    index, size = pair
    path = [merkle.fold(span, NODES) for span in merkle.inclusion_spans(index, size)]
    assert path == plain.path(index, MANY[:size])
    root = plain.mth(MANY[:size])
    assert merkle.includes(leaf=HASHES[index], index=index, size=size, path=path, root=root)


@given(sizes.flatmap(lambda n: some.tuples(some.integers(1, n), some.just(n))))
def test_a_consistency_proof_is_that_of_the_rfc_and_holds(pair: tuple[int, int]) -> None:
    first, second = pair
    path = [merkle.fold(span, NODES) for span in merkle.consistency_spans(first, second)]
    assert path == plain.proof(first, MANY[:second])
    assert merkle.extends(
        first=first,
        first_root=plain.mth(MANY[:first]),
        second=second,
        second_root=plain.mth(MANY[:second]),
        path=path,
    )


def changed(value: bytes, bit: int) -> bytes:
    number = int.from_bytes(value, "big") ^ (1 << bit)
    return number.to_bytes(len(value), "big")


@given(
    sizes.flatmap(lambda n: some.tuples(some.integers(0, n - 1), some.just(n))),
    some.integers(0, 255),
    some.data(),
)
def test_an_inclusion_proof_with_anything_changed_does_not_hold(
    pair: tuple[int, int], bit: int, data: some.DataObject
) -> None:
    index, size = pair
    path = plain.path(index, MANY[:size])
    root = plain.mth(MANY[:size])
    holds = merkle.includes
    good = {"leaf": HASHES[index], "index": index, "size": size, "path": path, "root": root}
    assert holds(**good)
    assert not holds(**{**good, "leaf": changed(HASHES[index], bit)})
    assert not holds(**{**good, "root": changed(root, bit)})
    assert not holds(**{**good, "path": [*path, root]})
    assert not holds(**{**good, "index": size})
    assert not holds(**{**good, "index": -1})
    if path:
        place = data.draw(some.integers(0, len(path) - 1))
        bent = [changed(step, bit) if n == place else step for n, step in enumerate(path)]
        assert not holds(**{**good, "path": bent})
        assert not holds(**{**good, "path": path[:-1]})
        other = data.draw(some.integers(0, size - 1).filter(lambda n: n != index))
        assert not holds(**{**good, "index": other})


@given(
    sizes.flatmap(lambda n: some.tuples(some.integers(1, n), some.just(n))), some.integers(0, 255)
)
def test_a_consistency_proof_with_anything_changed_does_not_hold(
    pair: tuple[int, int], bit: int
) -> None:
    first, second = pair
    path = plain.proof(first, MANY[:second])
    good = {
        "first": first,
        "first_root": plain.mth(MANY[:first]),
        "second": second,
        "second_root": plain.mth(MANY[:second]),
        "path": path,
    }
    assert merkle.extends(**good)
    for name in ("first_root", "second_root"):
        assert not merkle.extends(**{**good, name: changed(good[name], bit)})
    assert not merkle.extends(**{**good, "path": [*path, good["first_root"]]})
    assert not merkle.extends(**{**good, "first": second + 1})
    if path:
        assert not merkle.extends(**{**good, "path": path[:-1]})
        assert not merkle.extends(**{**good, "path": [changed(path[0], bit), *path[1:]]})


def test_every_tree_begins_with_the_empty_one() -> None:
    root = plain.mth(MANY[:5])
    start = {"first": 0, "first_root": merkle.empty_root(), "second": 5, "second_root": root}
    assert merkle.extends(**start, path=[])
    assert not merkle.extends(**{**start, "first_root": root}, path=[])
    assert not merkle.extends(**start, path=[root])
    assert not merkle.extends(**{**start, "second": 0}, path=[])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_proof_of_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_spans(index, size)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3)])
def test_no_proof_that_a_tree_shrank(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="grows"):
        merkle.consistency_spans(first, second)


@given(
    some.integers(0, len(MANY) // tiles.WIDTH - 1), some.integers(0, tiles.HEIGHT - 1), some.data()
)
def test_a_whole_tile_has_every_node_at_its_place(
    index: int, row: int, data: some.DataObject
) -> None:
    lowest = HASHES[index * tiles.WIDTH : (index + 1) * tiles.WIDTH]
    tile = tiles.whole_tile(tiles.Place(0, index), lowest)
    assert len(tile.nodes) == tiles.NODES * tiles.HASH_BYTES
    assert tile.top == NODES[Node(tiles.HEIGHT, index)]
    width = tiles.WIDTH >> row
    node = Node(row, index * width + data.draw(some.integers(0, width - 1)))
    place, number = tiles.place_of(node)
    assert place == tile.place
    assert tiles.hash_at(tile.nodes, number) == NODES[node]
    assert tiles.pick(tiles.rows_above(lowest), node) == NODES[node]


def test_a_tile_that_is_not_whole_is_none() -> None:
    with pytest.raises(ValueError, match="no tile"):
        tiles.whole_tile(tiles.Place(0, 0), HASHES[:255])


@given(some.integers(0, 10**7 - 1))
def test_a_proof_among_ten_million_touches_six_tiles_at_most(index: int) -> None:
    nodes = merkle.needed(merkle.inclusion_spans(index, 10**7))
    assert len({tiles.place_of(node)[0] for node in nodes}) <= 6


def test_a_leaf_says_kind_number_salt_and_digest() -> None:
    assert leaves.leaf_data(1, 258, b"s" * 16, b"d" * 32) == (
        b"\x01" + b"\x00" * 6 + b"\x01\x02" + b"s" * 16 + b"d" * 32
    )
