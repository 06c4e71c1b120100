"""Steps drawn as boxes and lines: once wide, once narrow. Pure: words in, whole numbers out.

Drawn here and not by a library because a strict CSP forbids inline styles and the two drawings must
share one set of words with the text a screen reader hears.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

_WIDE: Final = 784
_NARROW: Final = 358
_GAP: Final = 24
_PAD: Final = 12
_LINE: Final = 21
_SIZE: Final = 15
_MOST_LINE: Final = 9.5  # full-width signs in one line of a wide box
_NARROW_LINE: Final = 18.0


class Progress(StrEnum):
    """How far a step is; plain in a guide, where nothing has happened yet."""

    PLAIN = ""
    DONE = "done"
    NOW = "now"
    NOT_NEEDED = "no"


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """One step in words."""

    title: str
    detail: str = ""
    progress: Progress = Progress.PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a box."""

    x: int
    y: int
    text: str
    classes: str


@dataclass(frozen=True, slots=True)
class Box:
    """One box with its lines of text."""

    x: int
    y: int
    width: int
    height: int
    progress: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and the path between them; ``css`` says on which screens it shows."""

    css: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    paths: tuple[tuple[str, str], ...]  # (class, d)


@dataclass(frozen=True, slots=True)
class Standing:
    """The step somebody is at, or the last one done: what a folded drawing still says."""

    number: int
    total: int
    step: DrawnStep

    @property
    def over(self) -> bool:
        return self.number == self.total and self.step.progress is Progress.DONE


@dataclass(frozen=True, slots=True)
class Flow:
    """The same steps twice, and as a sentence. ``standing``: None where nothing has happened yet."""

    sentence: str
    wide: Drawing
    narrow: Drawing
    standing: Standing | None = None

    @property
    def both(self) -> tuple[Drawing, Drawing]:
        return self.wide, self.narrow


def width_of(text: str) -> float:
    """In full-width signs: Latin letters and digits take a little over half."""
    return sum(1.0 if ord(sign) > 0x2E7F else 0.56 for sign in text)


def broken(text: str, most: float) -> tuple[str, ...]:
    """Lines no wider than ``most``: at spaces where there are any, else anywhere."""
    lines: list[str] = []
    current = ""
    for piece in _pieces(text):
        if current and width_of((current + piece).rstrip()) > most:
            lines.append(current.rstrip())
            current = piece.lstrip()
        else:
            current += piece
    return tuple(line for line in (*lines, current.rstrip()) if line)


def _pieces(text: str) -> list[str]:
    """Latin words stay whole; punctuation stays with the sign before it."""
    pieces: list[str] = []
    for sign in text:
        glued = pieces and (
            (sign.isascii() and pieces[-1][-1].isascii() and pieces[-1][-1] != " ")
            or sign in "，。、；：）”"
            or pieces[-1][-1] in "（“"
        )
        if glued:
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def flow(steps: Sequence[DrawnStep]) -> Flow | None:
    """Both drawings of the steps; None when there is nothing to draw."""
    if not steps:
        return None
    words = "，".join(step.title + (f"（{step.detail}）" if step.detail else "") for step in steps)
    sentence = _("办理步骤：%(steps)s。") % {"steps": words}
    return Flow(sentence, wide=_wide(steps), narrow=_narrow(steps), standing=_standing(steps))


def _standing(steps: Sequence[DrawnStep]) -> Standing | None:
    now = [n for n, step in enumerate(steps, 1) if step.progress is Progress.NOW]
    done = [n for n, step in enumerate(steps, 1) if step.progress is Progress.DONE]
    if not now and not done:
        return None
    number = now[0] if now else done[-1]
    return Standing(number, len(steps), steps[number - 1])


def _texts(step: DrawnStep, most: float) -> tuple[tuple[str, str], ...]:
    titles = tuple((line, "") for line in broken(step.title, most))
    return titles + tuple((line, "s") for line in broken(step.detail, most))


def _box(step: DrawnStep, *, x: int, y: int, width: int, height: int, most: float) -> Box:
    texts = _texts(step, most)
    top = y + (height - len(texts) * _LINE) // 2 + 16
    now = " now-t" if step.progress is Progress.NOW else ""
    lines = tuple(
        Line(x + width // 2, top + index * _LINE, text, (kind + now).strip())
        for index, (text, kind) in enumerate(texts)
    )
    return Box(x, y, width, height, step.progress.value, lines)


def _wide(steps: Sequence[DrawnStep]) -> Drawing:
    height = max(len(_texts(step, _MOST_LINE)) for step in steps) * _LINE + 2 * _PAD + 4
    boxes: list[Box] = []
    x = y = 0
    for step in steps:
        widest = max(width_of(text) for text, _kind in _texts(step, _MOST_LINE))
        width = max(80, round(widest * _SIZE) + 2 * _PAD)
        if x and x + width > _WIDE:
            x, y = 0, y + height + 2 * _GAP
        boxes.append(_box(step, x=x, y=y, width=width, height=height, most=_MOST_LINE))
        x += width + _GAP
    return Drawing("show-wide", _WIDE, y + height, tuple(boxes), _joined(boxes))


def _narrow(steps: Sequence[DrawnStep]) -> Drawing:
    width = 300
    x, y = (_NARROW - width) // 2, 0
    boxes: list[Box] = []
    for step in steps:
        height = len(_texts(step, _NARROW_LINE)) * _LINE + 2 * _PAD
        boxes.append(_box(step, x=x, y=y, width=width, height=height, most=_NARROW_LINE))
        y += height + _GAP
    return Drawing("show-narrow", _NARROW, y - _GAP, tuple(boxes), _joined(boxes))


def _joined(boxes: Sequence[Box]) -> tuple[tuple[str, str], ...]:
    """The lines between neighbours: straight, or down and back to the next row."""
    paths = []
    for one, two in itertools.pairwise(boxes):
        done = one.progress == "done" and two.progress in ("done", "now")
        paths.append(("ln-on" if done else "ln", _path(one, two)))
    return tuple(paths)


def _path(one: Box, two: Box) -> str:
    if two.y == one.y:
        return f"M{one.x + one.width} {one.y + one.height // 2}H{two.x}"
    down, bottom = one.x + one.width // 2, one.y + one.height
    target = two.x + two.width // 2
    middle = bottom + (two.y - bottom) // 2
    return f"M{down} {bottom}V{middle}H{target}V{two.y}"
