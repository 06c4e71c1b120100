"""The round that takes unexplained red cards to the superior."""

from __future__ import annotations

from datetime import datetime

from yiwang.governance.supervision import actions
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=60, name="supervision.escalate")
def escalate(*, actor: Actor, at: datetime) -> None:
    """Red cards nobody explained go one level up every so many working days."""
    del actor  # done in the clock's name
    actions.escalate(at=at)
