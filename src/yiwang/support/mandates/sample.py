"""Mandates for tests, the sweep and the sample province."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from yiwang.kernel.actor import Actor, ActorKind, Grant, PowerAct, Role
from yiwang.support.mandates import actions
from yiwang.support.mandates.definitions import MandateKind, MandateView

ALL_ACTS = tuple(PowerAct)


def self_of(reference: str, *, level: int = 3, on_behalf_of: str | None = None) -> Actor:
    """The person signed in for himself, or for the firm he legally represents."""
    return Actor(
        ActorKind.PERSON,
        reference,
        display_name="示例",
        on_behalf_of=on_behalf_of,
        assurance_level=level,
    )


def clerk(name: str, division_code: str, department: str, *, person: str = "") -> Actor:
    """A window clerk of one body."""
    grant = Grant(Role.WINDOW_CLERK, division_code, department)
    return Actor(ActorKind.OFFICIAL, f"official:{name}", "王", grants=(grant,), person=person)


@transaction.atomic
def give(
    giver: str,
    taker: str,
    *,
    at: datetime,
    items: Mapping[str, str] | None = None,
    acts: Collection[PowerAct] = ALL_ACTS,
    days: int = 365,
) -> MandateView:
    """A family mandate both agreed to."""
    offered = actions.propose(
        kind=MandateKind.FAMILY,
        giver=giver,
        taker=taker,
        items=items,
        acts=acts,
        valid_until=at + timedelta(days=days),
        actor=self_of(giver),
        at=at,
    )
    return actions.accept(key=offered.key, actor=self_of(taker), at=at)
