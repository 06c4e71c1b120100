"""The clock's work on files."""

from __future__ import annotations

from datetime import datetime

from yiwang.kernel.actor import Actor
from yiwang.mechanisms.files import actions
from yiwang.mechanisms.jobs import registry


@registry.every(minutes=60, name="files.sweep")
def sweep(*, actor: Actor, at: datetime) -> None:
    """Remove what nothing has referred to for a day."""
    actions.sweep(at=at)
