"""The plain values clocks work with: allowances, pauses, calendars, and what a clock looks like."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

#: The working-day index reaches this many years past the last announced year.
_YEARS_AHEAD = 40
#: The new-year notice has moved days as early as 29 December of the year before (2007, 2018).
_SETTLED_UNTIL = (12, 27)


class Unit(StrEnum):
    """What a limit is counted in: 工作日、自然日、小时、月、年."""

    WORKING_DAY = "WORKING_DAY"
    NATURAL_DAY = "NATURAL_DAY"
    HOUR = "HOUR"
    MONTH = "MONTH"
    YEAR = "YEAR"


UNIT_LABELS: Mapping[Unit, str] = {
    Unit.WORKING_DAY: "个工作日",
    Unit.NATURAL_DAY: "天",
    Unit.HOUR: "小时",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}


class Colour(StrEnum):
    """Green: in time. Yellow: nearly due. Red: late."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"


class StripKind(StrEnum):
    """One day of the working-day strip."""

    USED = "USED"
    TODAY = "TODAY"
    FREE = "FREE"
    DUE = "DUE"
    OFF = "OFF"
    PAUSED = "PAUSED"
    LATE = "LATE"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long something may last; yellow begins when ``warn_days`` or fewer days are left."""

    amount: int
    unit: Unit = Unit.WORKING_DAY
    warn_days: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= 10_000:
            raise ValueError(f"an allowance of {self.amount} makes no sense")
        if self.warn_days < 0:
            raise ValueError("warn_days cannot be negative")

    def __str__(self) -> str:
        if self.amount == 0:
            return "当场"
        return f"{self.amount} {UNIT_LABELS[self.unit]}"


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands from the day after ``begins_on`` up to and including ``ends_on``."""

    begins_on: date
    ends_on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """The last day, whether it may still move, and why it is this day."""

    on: date
    provisional: bool
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day a State Council notice changed: off, or worked although a weekend."""

    on: date
    working: bool
    name: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One imported holiday notice: its year, where it was published, how many days it changes."""

    year: int
    source: str
    days: int
    imported_at: datetime
    imported_by: str


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. Days no notice names follow the week."""

    first_year: int
    last_year: int
    days: Mapping[date, CalendarDay] = field(default_factory=dict)
    edition: int = 0

    @property
    def settled_until(self) -> date:
        """The last day no future notice is expected to move."""
        return date(self.last_year, *_SETTLED_UNTIL)

    def is_working(self, on: date) -> bool:
        changed = self.days.get(on)
        return changed.working if changed else on.weekday() < 5

    def is_settled(self, on: date) -> bool:
        return date(self.first_year, 1, 1) <= on <= self.settled_until

    @cached_property
    def _working_ordinals(self) -> list[int]:
        first = date(self.first_year, 1, 1).toordinal()
        last = date(self.last_year + _YEARS_AHEAD, 12, 31).toordinal()
        days = (date.fromordinal(ordinal) for ordinal in range(first, last + 1))
        return [day.toordinal() for day in days if self.is_working(day)]

    def working_days_until(self, on: date) -> int:
        """How many working days lie in the table up to and including ``on``."""
        return bisect_right(self._working_ordinals, on.toordinal())

    def working_days_between(self, after: date, until: date) -> int:
        """Working days later than ``after`` up to and including ``until``; negative backwards."""
        return self.working_days_until(until) - self.working_days_until(after)

    def nth_working_day(self, n: int, *, after: date) -> date:
        """The n-th working day later than ``after``; ValueError outside the table's reach."""
        position = self.working_days_until(after) + n - 1
        if after.year < self.first_year or position >= len(self._working_ordinals):
            raise ValueError(f"{after} is outside the calendar's reach")
        return date.fromordinal(self._working_ordinals[position])


@dataclass(frozen=True, slots=True)
class StripDay:
    """One day of the picture."""

    on: date
    kind: StripKind


@dataclass(frozen=True, slots=True)
class ClockDates:
    """The kept dates of one running clock; ``paused``: it stands."""

    kind: str
    due_on: date
    warns_on: date
    paused: bool


@dataclass(frozen=True, slots=True)
class ClockView:
    """What pages show of a clock: when it is due, why, and how it stands today."""

    subject: str
    kind: str
    allowance: Allowance
    started_on: date
    due_on: date
    due_at: datetime
    provisional: bool
    colour: Colour
    days_left: int
    days_used: int
    paused: bool
    stopped_on: date | None
    steps: tuple[str, ...]
    strip: tuple[StripDay, ...]
    paused_on: date | None = None  # since when it stands still
    paused_because: str = ""
