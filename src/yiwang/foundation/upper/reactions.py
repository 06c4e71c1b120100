"""What follows from a published resource."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.resources.events import ResourcePublished, ResourceWithdrawn
from yiwang.foundation.upper import actions
from yiwang.kernel.actor import machine


def put_up(*, event: ResourcePublished, at: datetime, **_: object) -> None:
    """The new version goes up, where somebody is above."""
    actions.put_up(resource=event.code, number=event.number, actor=machine("upper"), at=at)


def take_down(*, event: ResourceWithdrawn, at: datetime, **_: object) -> None:
    """The entry is no longer in the catalogue, and they hear of it."""
    actions.take_down(resource=event.code, actor=machine("upper"), at=at)
