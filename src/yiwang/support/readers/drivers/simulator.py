"""The sample installation's reader: no hardware, the card is typed on a page, and it says so."""

from __future__ import annotations

import time
from datetime import date

from django.conf import settings

from yiwang.support.readers.definitions import CardRead, Mood, NoCard, ReaderAway
from yiwang.support.readers.models import SimulatedCard

_ISSUED, _RAN_OUT = date(2010, 1, 1), date(2020, 1, 1)


class Simulator:
    """Keeps the promise of the port, badly when told to."""

    label = "读卡器（模拟）"
    simulated = True

    def read(self, *, place: str, limit_seconds: float) -> CardRead:
        """What lies on the simulated reader. Outside the sample there is none: ReaderAway."""
        card = SimulatedCard.objects.filter(place=place).first() if settings.SAMPLE else None
        if not settings.SAMPLE or (card is not None and card.mood == Mood.AWAY):
            raise ReaderAway
        if card is None or card.mood == Mood.NO_CARD:
            raise NoCard
        if card.mood == Mood.SLOW:
            time.sleep(limit_seconds)
            raise ReaderAway
        number = card.citizen_id[:-3] if card.mood == Mood.GARBLED else card.citizen_id
        gone = _RAN_OUT if card.mood == Mood.EXPIRED else None
        return CardRead(card.name, number, _ISSUED, gone)

    def works(self, *, place: str) -> bool:
        """Everything but a reader that was cut off."""
        return (
            settings.SAMPLE
            and not SimulatedCard.objects.filter(place=place, mood=Mood.AWAY).exists()
        )
