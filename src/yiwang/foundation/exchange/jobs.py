"""The exchange's daily round over its old books."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.exchange import archiving
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry

_MOST_FILES = 20


@registry.every(minutes=1440, name="exchange.archive_receipts")
def archive_receipts(*, actor: Actor, at: datetime) -> None:
    """Receipts older than three years go into sealed files, so many files a day."""
    for _ in range(_MOST_FILES):
        if archiving.archive_oldest(actor=actor, at=at) is None:
            return
