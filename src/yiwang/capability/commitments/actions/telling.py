"""Moving one late material or commitment along its table, and telling the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from yiwang.capability.commitments.definitions.machines import COMMITMENT, TOLERANCE
from yiwang.capability.commitments.events import TrustEvent
from yiwang.capability.commitments.models import Commitment, Tolerance
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party

Fact = TypeVar("Fact", bound=TrustEvent)
_PARTIES: Mapping[ActorKind, Party] = {
    ActorKind.OFFICIAL: Party.OFFICIAL,
    ActorKind.MACHINE: Party.MACHINE,
}


def party_of(actor: Actor) -> Party:
    """Rows were narrowed to what is theirs: whoever is neither official nor machine is the applicant."""
    return _PARTIES.get(actor.kind, Party.APPLICANT)


def move(
    row: Tolerance | Commitment,
    act: str,
    *,
    actor: Actor,
    version: int | None = None,
    facts: Mapping[str, bool] | None = None,
    changes: Mapping[str, object] | None = None,
) -> None:
    """One step of a locked row. Refusals: ``VersionConflict``, ``CannotDo``."""
    states.move(
        row,
        machine=TOLERANCE if isinstance(row, Tolerance) else COMMITMENT,
        act=act,
        role=party_of(actor),
        version=row.version if version is None else version,
        facts=facts or {},
        changes=changes,
    )


def announce(
    row: Tolerance | Commitment,
    event: type[Fact],
    *,
    actor: Actor,
    at: datetime,
    **more: str | int | bool,
) -> None:
    """Tell the journal under the case, so that it stands in the case's own story."""
    fact = event(
        subject=row.case,
        at=at,
        applicant=row.applicant,
        division_code=row.division_code,
        department=row.department,
        item_code=row.item_code,
        item_version=row.item_version,
        **more,
    )
    journal.announce(fact, actor=actor)
