"""The asker hears the answer; a day that went by becomes a fact."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.kernel.actor import machine
from yiwang.mechanisms.clocks.events import ClockTurnedRed, ClockTurnedYellow
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.enquiries import actions
from yiwang.support.enquiries.definitions import CLOCK, FINDING_LABELS
from yiwang.support.enquiries.events import EnquiryAnswered
from yiwang.support.messages import actions as messages

_NOTICE: Final = "enquiry-answered"


def tell_answered(*, event: EnquiryAnswered, position: int, **_: object) -> None:
    """In the inbox: that it was answered, and what was found; the words are read on the page."""
    messages.tell(
        recipient=event.owner,
        template=_NOTICE,
        values={"result": FINDING_LABELS[event.finding]},
        subject=event.subject,
        at=event.at,
        key=crypto.digest(f"{_NOTICE}:{position}".encode())[:16],
    )


def tell_nearly_due(*, event: ClockTurnedYellow, at: datetime, **_: object) -> None:
    """The department has nearly no time left to answer."""
    _note(event, late=False, at=at)


def tell_late(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """The department did not answer in time."""
    _note(event, late=True, at=at)


def _note(event: ClockTurnedYellow | ClockTurnedRed, *, late: bool, at: datetime) -> None:
    if event.kind == CLOCK:
        actions.note_limit(
            enquiry=event.subject, due_on=event.due_on, late=late, actor=machine("clock"), at=at
        )
