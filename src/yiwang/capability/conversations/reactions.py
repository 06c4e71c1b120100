"""What conversations do when a case ends, and when the promise to answer runs out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.cases.events import CaseEvent, CaseTransferred
from yiwang.capability.conversations import actions
from yiwang.capability.conversations.definitions import CLOCK
from yiwang.kernel.actor import machine
from yiwang.mechanisms.clocks.events import ClockTurnedRed

_CASES: Final = machine("cases")


def close_conversation(*, event: CaseEvent, at: datetime, **_: object) -> None:
    """The case ended: nobody owes an answer, no clock turns red for nothing."""
    actions.close(case=event.subject, actor=_CASES, at=at)


def follow_transfer(*, event: CaseTransferred, **_: object) -> None:
    """The case is another body's now, and so is the answer that is owed."""
    actions.follow_case(case=event.subject)


def tell_late(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """The office did not answer in time."""
    if event.kind == CLOCK:
        actions.note_late(conversation=event.subject, due_on=event.due_on, at=at)
