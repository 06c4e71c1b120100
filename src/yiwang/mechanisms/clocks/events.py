"""What clocks announce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTurnedYellow(Event):
    """Nearly due: the one who holds the matter should be reminded."""

    name: ClassVar[str] = "clocks.clock_turned_yellow"
    kind: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTurnedRed(Event):
    """Late."""

    name: ClassVar[str] = "clocks.clock_turned_red"
    kind: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRecomputed(Event):
    """The calendar grew and the due date was computed again."""

    name: ClassVar[str] = "clocks.clock_recomputed"
    kind: str
    due_on: str
    was_due_on: str
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockExtended(Event):
    """The allowance grew by ``more`` of its units, as a rule allows and somebody approved."""

    name: ClassVar[str] = "clocks.clock_extended"
    kind: str
    more: int
    due_on: str
    was_due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarImported(Event):
    """An operator brought in a year's holiday notice."""

    name: ClassVar[str] = "clocks.calendar_imported"
    year: int
    edition: int
    days: int
