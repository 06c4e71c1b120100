"""The asker hears the answer; a day that went by becomes a fact."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.kernel.actor import machine
from yiwang.mechanisms.clocks.events import ClockTurnedRed
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


def tell_late(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """The department did not answer in time."""
    if event.kind == CLOCK:
        actions.note_late(enquiry=event.subject, due_on=event.due_on, actor=machine("clock"), at=at)
