"""A fact about a request, with what every such fact carries."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from yiwang.foundation.agreements.events import AgreementEvent
from yiwang.foundation.agreements.models import DataRequest
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import actions as journal

Fact = TypeVar("Fact", bound=AgreementEvent)


def announce(
    row: DataRequest, event: type[Fact], actor: Actor, at: datetime, **more: str | int | bool
) -> None:
    """Announce it; the request's purpose is the entry's."""
    fact = event(
        subject=row.reference,
        at=at,
        resource=row.resource,
        consumer=row.consumer,
        provider=row.provider,
        **more,
    )
    journal.announce(fact, actor=actor)
