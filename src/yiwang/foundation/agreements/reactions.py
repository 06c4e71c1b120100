"""What follows from a changed grant, from the registry's documents, and from limits running out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.foundation.agreements import actions
from yiwang.foundation.agreements.definitions import (
    ANSWER,
    DELIVERY,
    GrantState,
)
from yiwang.foundation.agreements.definitions.reports import (
    DISPOSAL,
)
from yiwang.foundation.agreements.events import GrantChanged
from yiwang.foundation.laws.events import LawsImported
from yiwang.foundation.resources.events import ResourcePublished
from yiwang.kernel.actor import machine
from yiwang.kernel.references import split
from yiwang.mechanisms.clocks.events import ClockTurnedRed, ClockTurnedYellow
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import GRANTS
from yiwang.network.nodes.events import DocumentTaken

_SELF: Final = machine("agreements")
#: Which limits are told on, by what they are of.
_LIMITS: Final = {"data-request": (ANSWER, DELIVERY), "data-grant": (DISPOSAL,)}


def publish_grants(*, event: GrantChanged, at: datetime, **_: object) -> None:
    """Both nodes are told at once; at a node that is no registry nothing is published."""
    audiences = (event.consumer_node, event.provider_node)
    actions.publish_to(audiences=audiences, at=at, actor=_SELF)


def regrade(*, event: ResourcePublished, at: datetime, **_: object) -> None:
    """The catalogue grades an item anew: every grant of it hides from now on what the grade says."""
    actions.regrade(resource=event.code, at=at, actor=_SELF)


def look_at_articles(*, event: LawsImported, at: datetime, **_: object) -> None:
    """The library of laws changed: which requests and grants stand on another article now?"""
    if event.added or event.changed:
        actions.look_at_articles(actor=_SELF, at=at)


def end_subscriptions(*, event: GrantChanged, at: datetime, **_: object) -> None:
    """A grant of messages is over: nothing that waits here is handed over any more."""
    if event.state == GrantState.ENDED:
        actions.end_subscriptions(at=at, actor=_SELF)


def take_grants(*, event: DocumentTaken, at: datetime, **_: object) -> None:
    """The registry told this node its grants anew."""
    if event.part != GRANTS:
        return
    document = nodes.find_document(event.part, event.audience)
    if document is not None:
        actions.take_in(grants=document.body["grants"], at=at, actor=_SELF)


def tell_nearly_due(*, event: ClockTurnedYellow, at: datetime, **_: object) -> None:
    """An answer, a delivery or a declaration of what is still held is nearly due."""
    _note(event, late=False, at=at)


def tell_late(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """An answer, a delivery or a declaration of what is still held is late."""
    _note(event, late=True, at=at)


def _note(event: ClockTurnedYellow | ClockTurnedRed, *, late: bool, at: datetime) -> None:
    if event.kind in _LIMITS.get(split(event.subject)[0], ()):
        actions.note_limit(
            subject=event.subject, kind=event.kind, due_on=event.due_on, late=late, at=at
        )
