"""Facts about a hall's day: who was served and what for, never by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonServed(Event):
    """One person's turn at a window is over."""

    name: ClassVar[str] = "halls.person_served"
    hall: str
    counter: str
    item_code: str
    outcome: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationGiven(Event):
    """A question was answered with a 一次性告知单."""

    name: ClassVar[str] = "halls.consultation_given"
    hall: str
    item_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftEnded(Event):
    """A clerk left a window."""

    name: ClassVar[str] = "halls.shift_ended"
    hall: str
    counter: str
    clerk: str
