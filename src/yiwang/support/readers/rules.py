"""Is what a reader said a card one may go by? Pure."""

from __future__ import annotations

from datetime import date

from yiwang.kernel.identifiers import is_citizen_id, tidy_citizen_id
from yiwang.support.readers.definitions import CardExpired, CardRead, CardUnreadable


def checked(card: CardRead, *, today: date) -> CardRead:
    """The card with a tidy number; CardUnreadable for a number that is none, CardExpired."""
    number = tidy_citizen_id(card.citizen_id)
    if not card.name.strip() or not is_citizen_id(number, today=today):
        raise CardUnreadable
    if card.valid_until is not None and today > card.valid_until:
        raise CardExpired
    return CardRead(card.name.strip(), number, card.valid_from, card.valid_until)
