"""What is done by the clock: every table goes on every minute, and is compared once a day."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.tables import actions
from yiwang.foundation.tables.definitions import CopyState
from yiwang.foundation.tables.models import TableCopy
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=1, name="tables.pull")
def pull(*, actor: Actor, at: datetime) -> None:
    """A little of every table that is not paused; the rest a minute later."""
    rows = TableCopy.objects.filter(state=CopyState.RUNNING).order_by("last_at")
    keys = list(rows.values_list("key", flat=True))
    for key in keys:
        actions.pull_copy(copy=key, actor=actor, at=at, seconds=max(5.0, 45.0 / len(keys)))


@registry.every(minutes=1440, name="tables.reconcile", attempts=8)
def reconcile(*, actor: Actor, at: datetime) -> None:
    """The day's sheet of every table that is not paused."""
    for key in TableCopy.objects.filter(state=CopyState.RUNNING).values_list("key", flat=True):
        actions.reconcile_copy(copy=key, actor=actor, at=at)
