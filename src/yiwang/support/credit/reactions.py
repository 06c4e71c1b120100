"""Whom a record is about hears of it, and of every answer."""

from __future__ import annotations

from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.credit import queries
from yiwang.support.credit.events import BreachEvent, BreachRepaired, RepairDeclined
from yiwang.support.messages import actions as messages


def tell_repaired(*, event: BreachRepaired, position: int, **_: object) -> None:
    """Repaired: what it closed is open again."""
    _tell("breach-repaired", event, position)


def tell_declined(*, event: RepairDeclined, position: int, **_: object) -> None:
    """Not repaired, with the reason."""
    _tell("repair-declined", event, position)


def _tell(notice: str, event: BreachEvent, position: int) -> None:
    name, body, reason = queries.words_for(event.subject)
    messages.tell(
        recipient=event.applicant,
        template=notice,
        values={"item_name": name, "department": body, "reason": reason},
        subject=event.case,
        at=event.at,
        key=crypto.digest(f"{notice}:{position}".encode())[:16],
    )
