"""The simulated reader of the sample installation: a card is put on it, its mood is chosen."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.readers import queries
from yiwang.support.readers.definitions import Mood, NoSimulator
from yiwang.support.readers.models import SimulatedCard


@transaction.atomic
def put_card(
    *, place: str, name: str, citizen_id: str, mood: Mood, actor: Actor, at: datetime
) -> None:
    """From now on the simulated reader of this window says so. NoSimulator outside the sample."""
    if not (settings.SAMPLE and queries.get_driver().simulated):
        raise NoSimulator
    SimulatedCard.objects.update_or_create(
        place=place,
        defaults={
            "name": name.strip()[:80], "citizen_id": citizen_id.strip()[:20], "mood": mood,
            "put_at": at,
        },
    )  # fmt: skip
    journal.record(
        actor=actor, act="readers.put_card", subject=place, at=at, facts={"mood": mood.value}
    )
