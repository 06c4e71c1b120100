"""Whom a datum is about hears what became of the request to correct it."""

from __future__ import annotations

from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.events import (
    CorrectionDeclined,
    CorrectionEvent,
    CorrectionMade,
)
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.messages import actions


def tell_corrected(*, event: CorrectionMade, position: int, **_: object) -> None:
    """Corrected at the source; copies follow."""
    _tell("data-corrected", event, position)


def tell_not_corrected(*, event: CorrectionDeclined, position: int, **_: object) -> None:
    """Found right, with the reason."""
    _tell("data-not-corrected", event, position)


def _tell(notice: str, event: CorrectionEvent, position: int) -> None:
    label, body, answer = resources.words_for(event.subject)
    actions.tell(
        recipient=event.applicant,
        template=notice,
        values={"title": label, "department": body, "reason": answer},
        subject=event.subject,
        at=event.at,
        key=crypto.digest(f"{notice}:{position}".encode())[:16],
    )
