"""The exchange's rounds over its old books."""

from __future__ import annotations

from datetime import datetime, timedelta

from yiwang.foundation.exchange import alerts, archiving
from yiwang.foundation.exchange.definitions import KEEP_MINUTES_DAYS
from yiwang.foundation.exchange.models import Figure
from yiwang.foundation.exchange.topics import actions as topics
from yiwang.foundation.exchange.topics.definitions import KEEP_DAYS
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry

#: Five million receipts a day: more than come in.
_MOST_FILES = 100
_BATCH = 5_000


@registry.every(minutes=1440, name="exchange.archive_receipts")
def archive_receipts(*, actor: Actor, at: datetime) -> None:
    """Receipts older than three years go into sealed files, so many files a day."""
    for _ in range(_MOST_FILES):
        if archiving.archive_oldest(actor=actor, at=at) is None:
            return


@registry.every(minutes=60, name="exchange.forget_messages")
def forget_messages(*, actor: Actor, at: datetime) -> None:
    """Messages everybody has had for thirty days go, in batches."""
    del actor
    topics.forget(before=at - timedelta(days=KEEP_DAYS))


@registry.every(minutes=60, name="exchange.forget_minutes")
def forget_minutes(*, actor: Actor, at: datetime) -> None:
    """Figures per minute go after eight days, in batches; those per hour and per day stay."""
    del actor
    old = Figure.objects.filter(minute__lt=at - timedelta(days=KEEP_MINUTES_DAYS))
    while Figure.objects.filter(pk__in=old.order_by("minute").values("pk")[:_BATCH]).delete()[0]:
        continue


@registry.every(minutes=10, name="exchange.raise_alerts")
def raise_alerts(*, actor: Actor, at: datetime) -> None:
    """What is odd about the last hour waits on the console until somebody says what it was."""
    alerts.raise_alerts(actor=actor, at=at)
