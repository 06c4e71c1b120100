"""Every minute: what waits goes up, what they say is heard."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.upper import actions
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=1, name="upper.exchange")
def exchange(*, actor: Actor, at: datetime) -> None:
    """Whatever does not arrive is tried again later, with growing pauses."""
    actions.send_due(actor=actor, at=at)
    actions.fetch(actor=actor, at=at)
