"""The strip of working days: used, today, free, the day of the answer; weekends as a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from django.utils.translation import gettext as _

_WEEKDAYS: Final = "一二三四五六日"


class Day(Protocol):
    """One day as clocks give it."""

    @property
    def on(self) -> date: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of the strip: a number, a word under it, a class, and what is only spoken."""

    number: str
    word: str
    css: str
    spoken: str = ""


def cells(days: Sequence[Day], *, english: bool = False) -> tuple[Cell, ...]:
    """Boxes in order; a run of days off becomes one gap; each month is named once."""
    made: list[Cell] = []
    month = 0
    gap: list[date] = []
    for one in days:
        if one.kind == "OFF":
            gap.append(one.on)
            continue
        if gap:
            made += _gap(gap) if made else []
            gap = []
        if one.on.month != month:
            month = one.on.month
            made.append(Cell("", one.on.strftime("%b") if english else f"{month}月", "off"))
        made.append(_cell(one, english))
    return tuple(made)


def _gap(days: Sequence[date]) -> list[Cell]:
    weekend = all(on.weekday() >= 5 for on in days)
    return [Cell("", _("周末") if weekend else _("放假"), "off")]


def _cell(one: Day, english: bool) -> Cell:
    plain = one.on.strftime("%a") if english else _WEEKDAYS[one.on.weekday()]
    word, css, spoken = {
        "USED": (plain, "used", _("已用")),
        "TODAY": (_("今天"), "today", ""),
        "DUE": (_("答复"), "due", _("最晚答复")),
        "PAUSED": (_("不算"), "paused", _("不计时")),
        "LATE": (_("超时"), "late", _("超过期限")),
    }.get(str(one.kind), (plain, "", ""))
    return Cell(str(one.on.day), word, css, spoken)
