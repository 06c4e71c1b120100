"""What the clock does for drafts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.capability.intake import actions
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=60, name="intake.remove_expired_drafts")
def remove_expired_drafts(*, actor: Actor, at: datetime) -> None:
    """Delete drafts nobody continued in time, a batch a transaction."""
    while True:
        with transaction.atomic():
            if not actions.remove_expired(at=at):
                return
