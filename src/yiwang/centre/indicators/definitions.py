"""What is counted, and the public figures of a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Metric(StrEnum):
    """One thing counted per day, place and item."""

    RECEIVED = "RECEIVED"  # 收到申请
    DECIDED = "DECIDED"  # 作出决定
    IN_TIME = "IN_TIME"  # …其中按时
    BY_RULE = "BY_RULE"  # …其中由规则当场决定
    REVIEWED = "REVIEWED"  # 收到评价
    SATISFIED = "SATISFIED"  # …其中基本满意以上


class Happening(StrEnum):
    """One thing counted per day and body, for those who oversee bodies. Values are columns."""

    RECEIVED = "received"
    DECIDED = "decided"
    IN_TIME = "in_time"
    REJECTED = "rejected"  # 不予许可
    REFUSED = "refused"  # 不予受理、不受理、退回
    CORRECTED = "corrected"  # 一次告知补正
    EXTENDED = "extended"  # 延长期限


#: Who supplied a paper that was handed in before and used again.
OWN_VAULT: Final = "本人材料库"


@dataclass(frozen=True, slots=True)
class SparedRow:
    """Papers nobody was asked for and visits saved, for one item and one supplier."""

    item_code: str
    item_name: str
    source: str
    papers: int
    visits: int


@dataclass(frozen=True, slots=True)
class Spared:
    """All of some days, and by item and supplier, most papers first."""

    first: date
    last: date
    papers: int
    visits: int
    rows: tuple[SparedRow, ...]


class Grouping(StrEnum):
    """By what the rows of a leader's screen are grouped."""

    DEPARTMENT = "department"
    DIVISION = "division_code"


@dataclass(frozen=True, slots=True)
class BodyFigures:
    """What one body, one place or all of them have at hand now, and did in some days."""

    key: str = ""
    open: int = 0
    soon: int = 0
    late: int = 0
    received: int = 0
    decided: int = 0
    in_time: int = 0
    rejected: int = 0
    refused: int = 0
    corrected: int = 0
    extended: int = 0


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day of the trend."""

    on: date
    received: int
    decided: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A leader's first screen: today, at hand, the days up to today, those before, and by whom."""

    today: BodyFigures
    week_ago: BodyFigures
    now: BodyFigures
    before: BodyFigures
    days: int
    rows: tuple[BodyFigures, ...]
    trend: tuple[DayFigures, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of some days, both ends included."""

    first: date
    last: date
    received: int = 0
    decided: int = 0
    in_time: int = 0
    by_rule: int = 0
    reviewed: int = 0
    satisfied: int = 0
    received_before: int = 0  # the same number of days before

    @property
    def late(self) -> int:
        return self.decided - self.in_time

    @property
    def bad(self) -> int:
        return self.reviewed - self.satisfied
