"""The clock's own round of the catalogue."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.resources import actions
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=1440, name="resources.look_at_bases")
def look_at_bases(*, actor: Actor, at: datetime) -> None:
    """A version of a law that was imported long ago begins to hold on its day: articles are looked at daily."""
    actions.look_at_bases(actor=actor, at=at)
