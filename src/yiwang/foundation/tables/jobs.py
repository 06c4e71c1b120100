"""What is done by the clock: every table goes on every minute, and is compared once a day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.foundation.tables import actions
from yiwang.foundation.tables.definitions import CopyState, PartRefused
from yiwang.foundation.tables.models import TableCopy
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=1, name="tables.pull")
def pull(*, actor: Actor, at: datetime) -> None:
    """A little of every table that is not paused; the rest a minute later."""
    rows = TableCopy.objects.filter(state=CopyState.RUNNING).order_by("last_at")
    keys = list(rows.values_list("key", flat=True))
    for key in keys:
        actions.pull_copy(copy=key, actor=actor, at=at, seconds=max(5.0, 45.0 / len(keys)))


@registry.every(minutes=1440, name="tables.reconcile")
def reconcile(*, actor: Actor, at: datetime) -> None:
    """The day's sheet of every table that is not paused, each a job of its own: a slow one keeps none."""
    del actor, at
    with transaction.atomic():
        for key in TableCopy.objects.filter(state=CopyState.RUNNING).values_list("key", flat=True):
            jobs.defer(
                task="tables.reconcile_one", queue="bulk", key=f"table-sheet-{key}", copy=key
            )


@registry.task("tables.reconcile_one")
def reconcile_one(*, copy: str, actor: Actor, at: datetime) -> None:
    """One table's sheet; one that could not be done now is tried again later, at last by an operator."""
    if TableCopy.objects.filter(key=copy, state=CopyState.RUNNING).exists():
        if actions.reconcile_copy(copy=copy, actor=actor, at=at) is None:
            raise PartRefused
