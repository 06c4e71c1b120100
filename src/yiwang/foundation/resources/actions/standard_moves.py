"""What every act on a version of a standard shares: its row, its next state, what is announced."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.resources.definitions.standards import (
    STANDARD,
)
from yiwang.foundation.resources.events import (
    StandardEvent,
)
from yiwang.foundation.resources.models import StandardVersion
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party


def locked(key: str, actor: Actor) -> StandardVersion:
    """A version this actor may see, locked; NotFound."""
    row = StandardVersion.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def move(row: StandardVersion, act: str, version: int, **changes: object) -> None:
    """One step by the table of states; CannotDo, VersionConflict."""
    states.move(
        row,
        machine=STANDARD,
        act=act,
        role=Party.OFFICIAL,
        version=version,
        facts={},
        changes=changes,
    )


def announce(
    event: type[StandardEvent], row: StandardVersion, actor: Actor, at: datetime, **more: object
) -> None:
    """Tell whoever hears of it, in this transaction."""
    told = event(
        subject=row.reference, at=at, kind=row.kind, code=row.code, department=row.department,
        division_code=row.division_code, **more,
    )  # fmt: skip
    journal.announce(told, actor=actor)


def record(row: StandardVersion, act: str, actor: Actor, at: datetime) -> None:
    """Put the act into the journal."""
    facts = {"kind": row.kind, "code": row.code}
    journal.record(actor=actor, act=act, subject=row.reference, at=at, facts=facts)
