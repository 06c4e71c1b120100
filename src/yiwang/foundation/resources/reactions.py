"""What follows when a limit of the catalogue runs out, or the library of laws changed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.foundation.laws.events import LawsImported
from yiwang.foundation.resources import actions
from yiwang.foundation.resources.definitions.changes import CHANGE
from yiwang.foundation.resources.definitions.corrections import ANSWER
from yiwang.kernel.actor import machine
from yiwang.mechanisms.clocks.events import ClockTurnedRed, ClockTurnedYellow

_SELF: Final = machine("resources")
_CORRECTION: Final = "data-correction:"
_CHANGE: Final = "catalogue-change:"


def look_at_bases(*, event: LawsImported, at: datetime, **_: object) -> None:
    """The library of laws changed: whose article is another one now?"""
    if event.added or event.changed:
        actions.look_at_bases(actor=_SELF, at=at)


def tell_nearly_due(*, event: ClockTurnedYellow, at: datetime, **_: object) -> None:
    """A source has nearly no time left to verify a datum, or a body to change its catalogue."""
    _note(event, late=False, at=at)


def tell_late(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """A source did not verify a datum in time, or a body did not change its catalogue."""
    _note(event, late=True, at=at)


def _note(event: ClockTurnedYellow | ClockTurnedRed, *, late: bool, at: datetime) -> None:
    if event.subject.startswith(_CORRECTION) and event.kind == ANSWER:
        actions.note_limit(correction=event.subject, due_on=event.due_on, late=late, at=at)
    if event.subject.startswith(_CHANGE) and event.kind == CHANGE:
        actions.note_change_limit(change=event.subject, late=late, at=at)
