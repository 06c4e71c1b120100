"""What follows from a published resource."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.resources.events import ResourcePublished
from yiwang.foundation.upper import actions
from yiwang.kernel.actor import machine


def put_up(*, event: ResourcePublished, at: datetime, **_: object) -> None:
    """The new version goes up, where somebody is above."""
    actions.put_up(resource=event.code, number=event.number, actor=machine("upper"), at=at)
