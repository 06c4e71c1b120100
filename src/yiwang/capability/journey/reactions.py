"""The applicant is told what happened. One message a fact, told once however often it is heard."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import Outcome
from yiwang.capability.cases.events import (
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseEvent,
    CaseHandedBack,
    CaseRefused,
    CaseReturned,
    CaseSubmitted,
    CaseWithdrawn,
    PassedToOfficial,
)
from yiwang.capability.cases.queries import Inside
from yiwang.capability.journey import letters
from yiwang.capability.journey.clocks import DECIDE, SUPPLY
from yiwang.kernel.events import Event
from yiwang.kernel.references import split
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.events import ClockRecomputed, ClockTurnedYellow
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.messages import actions as messages


def tell_submitted(*, event: CaseSubmitted, position: int, **_: object) -> None:
    """Received; what is decided at once tells its result instead."""
    if not event.instant:
        _tell("case-submitted", event, position, next_step="缺什么会一次告诉您。")


def tell_passed_on(*, event: PassedToOfficial, position: int, **_: object) -> None:
    """An official looks; said only where a rule was expected to."""
    if _inside(event).instant:
        _tell("case-to-person", event, position)


def tell_accepted(*, event: CaseAccepted, position: int, **_: object) -> None:
    """Taken up."""
    _tell("case-accepted", event, position)


def tell_returned(*, event: CaseReturned, position: int, **_: object) -> None:
    """Everything to mend, and by when."""
    notice = cases.get_notice(_inside(event).key)
    by = _due(event.subject, SUPPLY, event.at)
    _tell("case-returned", event, position, reason="\n".join(notice.problems), correct_by=by)


def tell_handed_back(*, event: CaseHandedBack, position: int, **_: object) -> None:
    """Materials handed back, told once."""
    notice = cases.get_notice(_inside(event).key)
    again = "备齐后请重新申请，填过的内容可以带入。"
    _tell("case-handed-back", event, position, reason="\n".join(notice.problems), remedy=again)


def tell_refused(*, event: CaseRefused, position: int, **_: object) -> None:
    """Not accepted: reason and rights."""
    notice = cases.get_notice(_inside(event).key)
    appeal = "\n".join(notice.appeal)
    _tell("case-refused", event, position, reason=notice.reason, appeal=appeal)


def tell_decided(*, event: CaseDecided, position: int, **_: object) -> None:
    """Yes with its result, or no with reason and rights."""
    decision = cases.get_decision(_inside(event).key)
    if event.outcome == Outcome.APPROVE:
        result = f"{_inside(event).result_label}可以在“我的办件”里查看。"
        _tell("case-approved", event, position, result=result)
    else:
        appeal = "\n".join(decision.appeal)
        _tell("case-rejected", event, position, reason=decision.reason, appeal=appeal)


def tell_withdrawn(*, event: CaseWithdrawn, position: int, **_: object) -> None:
    """Taken back."""
    _tell("case-withdrawn", event, position)


def invite_review(*, event: CaseClosed, position: int, **_: object) -> None:
    """How was it? (国办发〔2019〕51号: every handling may be reviewed)."""
    _tell("review-invited", event, position)


def tell_new_date(*, event: ClockRecomputed, position: int, **_: object) -> None:
    """The calendar came in and the answer's date moved."""
    if (
        event.kind == DECIDE
        and event.subject.startswith("case:")
        and event.due_on != event.was_due_on
    ):
        _tell("due-date-changed", event, position, reason="放假安排公布，按新的工作日重新计算")


def remind_of_correction(*, event: ClockTurnedYellow, position: int, **_: object) -> None:
    """The time to mend runs out soon."""
    if event.kind == SUPPLY and event.subject.startswith("case:"):
        by = _due(event.subject, SUPPLY, event.at)
        _tell("correction-due-soon", event, position, correct_by=by)


def _inside(event: Event) -> Inside:
    return cases.get_inside(split(event.subject)[1])


def _due(subject: str, kind: str, at: datetime) -> str:
    clock = clocks.find_clock(subject=subject, kind=kind, at=at)
    if clock is None:
        return ""
    return letters.say(clock.due_on) + ("（暂定）" if clock.provisional else "")


def _tell(
    notice: str,
    event: CaseEvent | ClockRecomputed | ClockTurnedYellow,
    position: int,
    **values: str,
) -> None:
    inside = _inside(event)
    common = {
        "item_name": inside.item_name,
        "case_no": inside.case_no,
        "department": inside.department_name,
        "answer_by": _due(event.subject, DECIDE, event.at),
    }
    messages.tell(
        recipient=inside.applicant,
        template=f"{inside.item_code}@{inside.item_version}/{notice}",
        values={**common, **values},
        subject=event.subject,
        at=event.at,
        key=crypto.digest(f"{notice}:{position}".encode())[:16],
    )
