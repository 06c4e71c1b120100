"""A page of a list, and the mark that leads to the next one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

#: No list shows more at once, whoever asks.
MOST: Final = 200


class Marked(Protocol):
    """A row whose key can be given back as ``after``."""

    @property
    def key(self) -> str: ...


Row = TypeVar("Row")
Found = TypeVar("Found", bound=Marked)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list. ``next``: give it as ``after`` for the following page; "" at the end."""

    rows: tuple[Row, ...]
    next: str = ""


def bounded(limit: int) -> int:
    """How many rows a page has: what was asked for, at least one, at most ``MOST``."""
    return max(1, min(limit, MOST))


def cut(found: Iterable[Found], limit: int) -> tuple[list[Found], str]:
    """Of ``bounded(limit)`` rows and one more: those to show, and the mark of the next page."""
    rows, most = list(found), bounded(limit)
    return rows[:most], rows[most - 1].key if len(rows) > most else ""
