"""Letters that wait for a seal."""

from __future__ import annotations

from datetime import datetime

from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs.registry import every
from yiwang.support.letters import actions


@every(minutes=1, name="letters.print_waiting")
def print_waiting(*, actor: Actor, at: datetime, **_: object) -> None:
    """Asked for again once a minute, until they have it."""
    actions.print_waiting(actor=actor, at=at)
