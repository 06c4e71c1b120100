"""Who calls whom as lines between two columns: as thick as there are calls, red where they fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Final

from yiwang.foundation.exchange.queries import Traffic

MOST: Final = 16  # of each column; the table below has them all
STEP, TOP, LEFT, RIGHT, WIDTH = 34, 24, 250, 470, 720
WIDEST: Final = 32  # letters
_LETTERS_END: Final = 0x2E7F
_FAILING: Final = 0.95


@dataclass(frozen=True, slots=True)
class Line:
    """One pair."""

    path: str
    thickness: float
    failing: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A system on the left, a service on the right."""

    text: str
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the page needs, worked out."""

    width: int
    height: int
    left: tuple[Label, ...]
    right: tuple[Label, ...]
    lines: tuple[Line, ...]


def draw(
    traffic: Sequence[Traffic],
    *,
    systems_named: Mapping[str, str],
    services_named: Mapping[str, str],
) -> Drawing | None:
    """The busiest pairs by the names people know; None when nobody called."""
    if not traffic:
        return None
    systems = list(dict.fromkeys(t.system for t in traffic))[:MOST]
    services = list(dict.fromkeys(t.service for t in traffic))[:MOST]
    at_left = {name: TOP + STEP * place for place, name in enumerate(systems)}
    at_right = {name: TOP + STEP * place for place, name in enumerate(services)}
    lines = [
        _line(at_left[t.system], at_right[t.service], t)
        for t in traffic
        if t.system in at_left and t.service in at_right
    ]
    height = TOP + STEP * max(len(systems), len(services))
    return Drawing(
        WIDTH,
        height,
        _labels(at_left, systems_named),
        _labels(at_right, services_named),
        tuple(lines),
    )


def _labels(places: Mapping[str, int], names: Mapping[str, str]) -> tuple[Label, ...]:
    return tuple(Label(_cut(names.get(code) or code), y) for code, y in places.items())


def _cut(text: str) -> str:
    """As much of a name as stands beside the lines; a Chinese sign is as wide as two letters."""
    width = 0
    for place, sign in enumerate(text):
        width += 2 if ord(sign) > _LETTERS_END else 1
        if width > WIDEST:
            return text[: place - 1] + "…"
    return text


def _line(y: int, to: int, traffic: Traffic) -> Line:
    middle = (LEFT + RIGHT) // 2
    path = f"M{LEFT} {y} C{middle} {y} {middle} {to} {RIGHT} {to}"
    return Line(path, round(1 + 1.6 * log10(1 + traffic.calls), 1), traffic.success < _FAILING)
