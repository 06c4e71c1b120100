"""What visits do when a case ends, and when a limit of theirs runs out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.cases.events import CaseEvent
from yiwang.capability.visits import actions
from yiwang.capability.visits.definitions import CLOCK
from yiwang.kernel.actor import machine
from yiwang.mechanisms.clocks.events import ClockTurnedRed, ClockTurnedYellow

_CASES: Final = machine("cases")


def close_visits(*, event: CaseEvent, at: datetime, **_: object) -> None:
    """Decided, ended or passed on without a visit: nobody need go."""
    actions.close_all(case=event.subject, actor=_CASES, at=at)


def tell_nearly_due(*, event: ClockTurnedYellow, at: datetime, **_: object) -> None:
    """The limit of a visit is nearly over."""
    if event.kind == CLOCK:
        actions.note_limit(visit=event.subject, due_on=event.due_on, late=False, at=at)


def tell_late(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """Nobody recorded the visit in time."""
    if event.kind == CLOCK:
        actions.note_limit(visit=event.subject, due_on=event.due_on, late=True, at=at)
