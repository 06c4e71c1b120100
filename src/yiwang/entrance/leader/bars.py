"""Bars drawn to whole numbers: one row a body, what is late in front of what is at hand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 600
#: Room for the words at the left, and for the number at the right.
_WORDS: Final = 190
_NUMBER: Final = 90
_ROW: Final = 34
_MOST_SIGNS: Final = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its words, the bar of the whole and the parts in front of it."""

    y: int
    text_y: int
    label: str
    whole: int
    soon: int
    late: int
    soon_x: int
    number_x: int
    number: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The rows and how high they stand together; the bars begin at ``left``, from nought."""

    rows: tuple[Bar, ...]
    height: int
    left: int


def chart(values: Sequence[tuple[str, int, int, int]]) -> Chart:
    """``(label, open, soon, late)`` of each row; the longest bar fills the room."""
    most = max((one[1] for one in values), default=0) or 1
    room = WIDTH - _WORDS - _NUMBER
    rows = []
    for place, (label, whole, soon, late) in enumerate(values):
        y = place * _ROW
        wide, red, amber = (_scaled(one, most, room) for one in (whole, late, soon))
        rows.append(
            Bar(
                y=y + 4,
                text_y=y + 22,
                label=label if len(label) <= _MOST_SIGNS else f"{label[: _MOST_SIGNS - 1]}…",
                whole=wide,
                soon=min(amber, wide - red),
                late=red,
                soon_x=_WORDS + red,
                number_x=_WORDS + wide + 8,
                number=f"{whole:,}",
            )
        )
    return Chart(tuple(rows), len(rows) * _ROW or _ROW, _WORDS)


def _scaled(value: int, most: int, room: int) -> int:
    """Never invisible when there is something."""
    return max(3, value * room // most) if value else 0


@dataclass(frozen=True, slots=True)
class Column:
    """One day of the trend."""

    x: int
    received_y: int
    received: int
    decided_x: int
    decided_y: int
    decided: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Columns from nought; ``most``: the number the highest stands for."""

    columns: tuple[Column, ...]
    most: int
    width: int
    height: int  # where nought is
    column: int  # how wide one is

    @property
    def text_y(self) -> int:
        return self.height + 20

    @property
    def whole_height(self) -> int:
        return self.height + 28


def trend(days: Sequence[tuple[int, int]]) -> Trend:
    """``(received, decided)`` of each day, side by side."""
    head, height = 24, 220
    step = max(1, WIDTH // max(len(days), 1))
    most = max((max(one) for one in days), default=0) or 1
    columns = []
    for place, (received, decided) in enumerate(days):
        tall, short = (one * (height - head) // most for one in (received, decided))
        x = place * step
        columns.append(Column(x, height - tall, tall, x + step // 2, height - short, short))
    return Trend(tuple(columns), most, WIDTH, height, max(1, step // 2 - 1))
