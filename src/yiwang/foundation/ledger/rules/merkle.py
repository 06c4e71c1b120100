"""The hash tree of RFC 6962 over SM3: which nodes make a root or a proof, and whether a proof holds.

A leaf is hashed with 00 in front, an inner node with 01. A node is named by its height and its
number at that height; only nodes whose whole subtree exists are ever named, every other hash is
folded from those. Proofs are checked as RFC 9162, 2.1.3.2 and 2.1.4.2 say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from yiwang.mechanisms.crypto.primitives import sm3

#: The hash functions a tree may be made with, by the name that stands in its checkpoints.
ALGORITHMS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"sm3": sm3}
SM3: Final = "sm3"


class Node(NamedTuple):
    """The top of a whole subtree: ``2 ** height`` leaves from ``number * 2 ** height`` on."""

    height: int
    number: int


#: A run of leaves, first and behind the last, whose hash a proof contains.
Span = tuple[int, int]


def hash_leaf(data: bytes) -> bytes:
    return sm3(b"\x00" + data)


def hash_node(left: bytes, right: bytes) -> bytes:
    return sm3(b"\x01" + left + right)


def empty_root() -> bytes:
    """The root of a tree without leaves."""
    return sm3(b"")


def whole_parts(span: Span) -> tuple[Node, ...]:
    """The whole subtrees a span consists of, from left to right; the span begins as RFC 6962 cuts."""
    start, end = span
    parts = []
    while start < end:
        height = (end - start).bit_length() - 1
        parts.append(Node(height, start >> height))
        start += 1 << height
    return tuple(parts)


def fold(span: Span, nodes: Mapping[Node, bytes]) -> bytes:
    """The hash of a span from those of its whole parts."""
    parts = whole_parts(span)
    found = nodes[parts[-1]]
    for part in reversed(parts[:-1]):
        found = hash_node(nodes[part], found)
    return found


def needed(spans: Sequence[Span]) -> frozenset[Node]:
    """Every node that must be at hand to fold these spans."""
    return frozenset(chain.from_iterable(map(whole_parts, spans)))


def _cut(size: int) -> int:
    """The largest power of two below ``size``: how many leaves the left branch has."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_spans(index: int, size: int) -> tuple[Span, ...]:
    """What an inclusion proof consists of, from the leaf upward; ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    start, end, spans = 0, size, []
    while end - start > 1:
        middle = start + _cut(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return tuple(reversed(spans))


def consistency_spans(first: int, second: int) -> tuple[Span, ...]:
    """What a proof consists of that a tree grew from ``first`` to ``second`` leaves by appending."""
    if not 0 < first <= second:
        raise ValueError(f"no tree of {first} leaves grows to {second}")
    start, end, spans = 0, second, []
    while end != first:
        middle = start + _cut(end - start)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:
        spans.append((start, end))
    return tuple(reversed(spans))


def includes(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Does this leaf hash stand at ``index`` in the tree of ``size`` leaves with this root?"""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = hash_node(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = hash_node(found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def extends(
    *, first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Is the tree of ``second`` leaves the tree of ``first`` with leaves appended, and no other change?"""
    if not 0 <= first <= second:
        return False
    if first in (0, second):
        start = first_root == (empty_root() if first == 0 else second_root)
        return start and not path and (second > 0 or second_root == empty_root())
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        return False
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old, new = hash_node(step, old), hash_node(step, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = hash_node(new, step)
        number, last = number >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
