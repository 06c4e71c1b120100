"""Reminders by the day, and asking couriers by the hour."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.deliveries import actions, queries
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs.registry import every, task


@task("deliveries.order_parcel")
def order_parcel(*, parcel: str, actor: Actor, at: datetime, **_: object) -> None:
    """Ask a courier to fetch one parcel; a second run changes nothing."""
    actions.order_parcel(key=parcel, actor=actor, at=at)


@every(minutes=60, name="deliveries.ask_couriers")
def ask_couriers(*, actor: Actor, at: datetime) -> None:
    """What became of the parcels under way, those not asked about the longest first."""
    for key in queries.list_to_ask():
        actions.ask_courier(key=key, actor=actor, at=at)


@every(minutes=1440, name="deliveries.remind")
def remind(*, actor: Actor, at: datetime) -> None:
    """Remind people of results that lie ready; at most three times each."""
    actions.remind(at=at, actor=actor)
