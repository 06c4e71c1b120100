"""A sentence of the code that still knows its parts, so that a page may say it in another language.

The house speaks Chinese; a page that speaks English looks up ``pattern`` and puts the same values in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

_WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class LegalDay:
    """A day with its weekday, the year only when it is not this one: ``12月11日（周五）``.

    ``plain``: without the weekday; ``follows``: beside a day of the same month, ``8日``.
    """

    on: date
    today: date
    plain: bool = False
    follows: bool = False

    def __str__(self) -> str:
        year = f"{self.on.year}年" if self.on.year != self.today.year else ""
        if self.follows and self.on.month == self.today.month:
            return f"{self.on.day}日"
        if self.plain:
            return f"{'' if self.follows else year}{self.on.month}月{self.on.day}日"
        return f"{year}{self.on.month}月{self.on.day}日（周{_WEEKDAYS[self.on.weekday()]}）"


class Sentence(str):
    """Chinese text, made of a pattern (``%(name)s``) and values: words, days, sentences themselves."""

    __slots__ = ("pattern", "values")

    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, values: Mapping[str, object]) -> Sentence:
        plain = {name: _chinese(value) for name, value in values.items()}
        made = super().__new__(cls, pattern % plain if plain else pattern)
        made.pattern = pattern
        made.values = dict(values)
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, object]]:  # type: ignore[override]
        return self.pattern, self.values


def said(pattern: str, /, **values: object) -> Sentence:
    """``said("%(label)s还没有填。", label=…)``: the sentence, and how it was made."""
    return Sentence(pattern, values)


def listed(parts: Sequence[str], between: str = "，") -> str:
    """Several sentences or words one after another."""
    if not parts:
        return ""
    whole = parts[0]
    for part in parts[1:]:
        whole = said(f"%(before)s{between}%(after)s", before=whole, after=part)
    return whole


def _chinese(value: object) -> object:
    """A day as people write it, ``2026年11月23日``; anything else as it is."""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value) if isinstance(value, LegalDay) else value
