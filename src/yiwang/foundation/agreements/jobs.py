"""The clock's own round of the grants."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.agreements import actions
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=10, name="agreements.expire")
def expire(*, actor: Actor, at: datetime) -> None:
    """Grants whose term is over end; the fast side refuses them from the first second anyway."""
    actions.expire(at=at, actor=actor)
