"""The clock's own rounds."""

from __future__ import annotations

from datetime import datetime

from yiwang.kernel.actor import Actor
from yiwang.mechanisms.clocks import actions
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=1, name="clocks.warn")
def warn(*, actor: Actor, at: datetime) -> None:
    """Tell of limits that are nearly due or late; every minute, because some run for hours only."""
    actions.warn(at=at, actor=actor)


@registry.every(minutes=60, name="clocks.recompute")
def recompute(*, actor: Actor, at: datetime) -> None:
    """Settle clocks that were started while another process still knew the older calendar."""
    actions.recompute(at=at, actor=actor)
