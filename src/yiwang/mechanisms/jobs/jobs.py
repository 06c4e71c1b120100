"""Keep the queue's table small."""

from __future__ import annotations

from datetime import datetime

from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app

from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry

KEEP_HOURS = 7 * 24


@registry.every(minutes=60, name="jobs.forget_done")
def forget_done(*, actor: Actor, at: datetime) -> None:
    """Jobs done a week ago are removed; dead and closed ones stay."""
    del actor, at
    async_to_sync(app.job_manager.delete_old_jobs)(nb_hours=KEEP_HOURS)
