"""Licences that wait for a seal; the host's register is kept on offer."""

from __future__ import annotations

from datetime import datetime

from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs.registry import every
from yiwang.support.licences import actions


@every(minutes=1, name="licences.print_waiting")
def print_waiting(*, actor: Actor, at: datetime, **_: object) -> None:
    """Asked for again once a minute, until they have it."""
    actions.print_waiting(actor=actor, at=at)


@every(minutes=60, name="licences.offer_register")
def offer_register(*, at: datetime, **_: object) -> None:
    """At the host: every member may tell of its licences, those that joined before this was there, too."""
    actions.offer_register(at=at)
