"""Reading a card, outside any transaction: a reader is another machine."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from yiwang.kernel.moments import legal_date
from yiwang.support.readers import rules
from yiwang.support.readers.definitions import CardRead, CardReader

#: A clerk waits at most this long for a reader.
SECONDS: Final = 2.0


def get_driver() -> CardReader:
    """The reader this installation has."""
    driver: CardReader = import_string(settings.READER_DRIVER)()
    return driver


def read_card(*, place: str, at: datetime, limit_seconds: float = SECONDS) -> CardRead:
    """The card on the reader of one window, checked: number, check digit, validity.

    Refusals: ``ReaderAway``, ``NoCard``, ``CardUnreadable``, ``CardExpired``.
    """
    card = get_driver().read(place=place, limit_seconds=limit_seconds)
    return rules.checked(card, today=legal_date(at))


def works(place: str) -> bool:
    """Does the reader of this window answer?"""
    return get_driver().works(place=place)
