"""What follows in the exchange from what happens in the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.foundation.exchange import grading
from yiwang.foundation.resources.events import ResourcePublished
from yiwang.kernel.actor import machine

_SELF: Final = machine("exchange")


def regrade(*, event: ResourcePublished, at: datetime, **_: object) -> None:
    """The catalogue grades an item anew: its services hide from now on what the grade says."""
    grading.regrade(resource=event.code, actor=_SELF, at=at)
