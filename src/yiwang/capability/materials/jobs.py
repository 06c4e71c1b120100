"""What the clock does for materials: ask again for what sources still owe."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from yiwang.capability.materials import actions, queries
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=5, name="materials.fetch_owed")
def fetch_owed(*, actor: Actor, at: datetime) -> None:
    """Ask once more for every material a source was away for; a resting source is not pressed."""
    for owed in queries.list_pending(before=at - timedelta(minutes=4)):
        told = queries.ask_again(owed, limit_seconds=5.0, at=at)
        [answer] = actions.store_fetched([told], actor=actor, at=at)
        with transaction.atomic():
            actions.keep_owed(
                subject=owed.subject, material=owed.material, answer=answer, actor=actor, at=at
            )
