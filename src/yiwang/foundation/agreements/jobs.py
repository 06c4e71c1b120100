"""The clock's own round of the grants."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.agreements import actions
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=1440, name="agreements.look_at_articles")
def look_at_articles(*, actor: Actor, at: datetime) -> None:
    """A version of a law that was imported long ago begins to hold on its day: what is cited is compared daily."""
    actions.look_at_articles(actor=actor, at=at)


@registry.every(minutes=10, name="agreements.expire")
def expire(*, actor: Actor, at: datetime) -> None:
    """Grants whose term is over end; the fast side refuses them from the first second anyway."""
    actions.expire(at=at, actor=actor)


@registry.every(minutes=60, name="agreements.check_ways")
def check_ways(*, actor: Actor, at: datetime) -> None:
    """Grants that do not fit the kind of their service are noted and told, once each."""
    actions.check_ways(at=at, actor=actor)
