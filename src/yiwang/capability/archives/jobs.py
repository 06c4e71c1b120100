"""Background work of archives: carrying a list to the archive."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.archives import actions
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs.registry import task


@task("archives.hand_over")
def hand_over(*, batch: str, actor: Actor, at: datetime, **_: object) -> None:
    """Give one batch to the archive; a second run changes nothing."""
    actions.carry_out(key=batch, actor=actor, at=at)
