"""What waits for the person: drafts to go on with, cases that need an answer, papers to hand in late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseFilter, CaseRow, CaseStatus
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.definitions import (
    CommitmentRow,
    CommitmentState,
    ToleranceView,
)
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import DraftRow
from yiwang.kernel.actor import Actor, ActorKind

_CITIZENS = (ActorKind.PERSON, ActorKind.ORGANIZATION)
_FEW = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """What asks for an act of this person now."""

    drafts: tuple[DraftRow, ...] = ()
    cases: tuple[CaseRow, ...] = ()
    more: bool = False  # there are others, on the pages behind
    more_drafts: bool = False
    late: tuple[ToleranceView, ...] = ()
    corrections: tuple[CommitmentRow, ...] = ()

    @property
    def number(self) -> int:
        return len(self.drafts) + len(self.cases) + len(self.late) + len(self.corrections)


def for_actor(actor: Actor, *, at: datetime) -> Waiting | None:
    """None for somebody who is not signed in as a citizen."""
    if actor.kind not in _CITIZENS:
        return None
    asked = cases.list_cases(
        actor, at=at, filter=CaseFilter(status=CaseStatus.WAITING_FOR_APPLICANT), limit=_FEW
    )
    drafts = intake.list_drafts(actor, at=at, limit=_FEW)
    to_correct = (CommitmentState.TO_CORRECT,)
    return Waiting(
        drafts=drafts.rows,
        cases=asked.rows,
        more=bool(drafts.next or asked.next),
        more_drafts=bool(drafts.next),
        late=promises.list_waiting(actor, at=at, limit=_FEW),
        corrections=promises.list_commitments(actor, at=at, states=to_correct, limit=_FEW),
    )
