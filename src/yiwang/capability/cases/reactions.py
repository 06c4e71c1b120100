"""What a clock of a case announces becomes a fact with whose limit it was."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.cases import actions
from yiwang.mechanisms.clocks.events import ClockTurnedRed, ClockTurnedYellow


def note_nearly_due(*, event: ClockTurnedYellow, at: datetime, **_: object) -> None:
    """A limit of the body is nearly over."""
    _note(event, late=False, at=at)


def note_late(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """A limit of the body is over."""
    _note(event, late=True, at=at)


def _note(event: ClockTurnedRed | ClockTurnedYellow, *, late: bool, at: datetime) -> None:
    if event.subject.startswith("case:"):
        actions.note_limit(
            case=event.subject, clock=event.kind, due_on=event.due_on, late=late, at=at
        )
