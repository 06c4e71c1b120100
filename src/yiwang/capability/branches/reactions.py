"""What branches do when a case ends, and when a limit of theirs runs out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.branches import actions
from yiwang.capability.branches.definitions import CLOCK, BranchKind
from yiwang.capability.cases.definitions.flow import Special
from yiwang.capability.cases.events import CaseEvent, CaseTransferred, SpecialEnded
from yiwang.kernel.actor import machine
from yiwang.mechanisms.clocks.events import ClockTurnedRed, ClockTurnedYellow

_CASES: Final = machine("cases")


def close_branches(*, event: CaseEvent, at: datetime, **_: object) -> None:
    """Decided, ended or passed on: nobody is asked any more, no clock turns red for nothing."""
    gone = isinstance(event, CaseTransferred)
    reason = "这一件已经转给别的部门办理。" if gone else "这一件已经有了结果。"
    actions.close_all(case=event.subject, reason=reason, actor=_CASES, at=at)


def close_review(*, event: SpecialEnded, at: datetime, **_: object) -> None:
    """The special procedure was ended by itself: the experts are not waited for any more."""
    if event.kind == Special.EXPERT_REVIEW:
        reason = "专家评审已经结束。"
        actions.close_all(
            case=event.subject, reason=reason, kind=BranchKind.EXPERT, actor=_CASES, at=at
        )


def tell_nearly_due(*, event: ClockTurnedYellow, at: datetime, **_: object) -> None:
    """A body's limit is nearly over: into the case's history, with whose it is."""
    if event.kind == CLOCK:
        actions.note_limit(branch=event.subject, due_on=event.due_on, late=False, at=at)


def tell_late(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """A body did not answer in time: into the case's history, for supervision to hear."""
    if event.kind == CLOCK:
        actions.note_limit(branch=event.subject, due_on=event.due_on, late=True, at=at)
