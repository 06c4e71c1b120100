"""What follows from facts about the case and from the clock; and what the applicant is told of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import Outcome
from yiwang.capability.cases.events import (
    AcceptedBySilence,
    CaseAccepted,
    CaseDecided,
    CaseHandedBack,
    CaseNotOurs,
    CaseRefused,
    CaseReopened,
    CaseRevoked,
    CaseTerminated,
    CaseTransferred,
    CaseWithdrawn,
    DecisionRevoked,
)
from yiwang.capability.cases.queries import Inside
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.commitments import actions, queries
from yiwang.capability.commitments.definitions import CHECK, CORRECT, LATE
from yiwang.capability.commitments.events import (
    CommitmentBroken,
    CommitmentKept,
    CommitmentTookEffect,
    CorrectionOrdered,
    LateMaterialSentBack,
    ToleranceLapsed,
    ToleranceOpened,
    TrustEvent,
)
from yiwang.kernel.actor import machine
from yiwang.kernel.references import split
from yiwang.mechanisms.clocks.events import ClockRecomputed, ClockTurnedRed, ClockTurnedYellow
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.messages import actions as messages

#: What time does by itself is done in its name; what follows from a decision in the platform's.
_CLOCK: Final = machine("clock")
_HOUSE: Final = machine("commitments")

Ended = (
    CaseWithdrawn
    | CaseRefused
    | CaseHandedBack
    | CaseNotOurs
    | CaseTerminated
    | CaseRevoked
    | CaseReopened
)


def begin_late(*, event: CaseAccepted | AcceptedBySilence, **_: object) -> None:
    """Accepted, with the gap: the terms of the late materials begin with the day of acceptance."""
    actions.begin(case=event.subject, actor=_HOUSE, at=event.at)


def follow_decision(*, event: CaseDecided, **_: object) -> None:
    """A yes puts the commitment in force and settles what is here; a no ends both."""
    if event.outcome == Outcome.APPROVE:
        actions.settle(case=event.subject, actor=_HOUSE, at=event.at)
        actions.take_effect(case=event.subject, actor=_HOUSE, at=event.at)
    else:
        _end(event.subject, event.at)


def end_with_case(*, event: Ended, **_: object) -> None:
    """The case ended, or its decision was taken back for good: nothing is waited for or looked into."""
    _end(event.subject, event.at)


def wait_again(*, event: DecisionRevoked, **_: object) -> None:
    """A rule's decision was taken back and is made anew: the commitment waits for it."""
    actions.take_back(case=event.subject, actor=_HOUSE, at=event.at)


def go_along(*, event: CaseTransferred, **_: object) -> None:
    """Another body has the case now; what was promised goes with it."""
    inside = cases.get_inside(split(event.subject)[1])
    actions.hand_over(
        case=event.subject,
        division_code=inside.division_code,
        department=inside.department,
        department_name=inside.department_name,
    )


def lapse(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """The term of a late material is over: it goes onto the official's desk, nobody loses anything."""
    if event.kind == LATE and event.subject.startswith("tolerance:"):
        actions.lapse(key=split(event.subject)[1], actor=_CLOCK, at=at)


def move_days(*, event: ClockRecomputed, **_: object) -> None:
    """The calendar came in: the days shown in lists move along."""
    kind, key = split(event.subject)
    due_on = date.fromisoformat(event.due_on)
    if kind == "tolerance" and event.kind == LATE:
        actions.recompute_late(key=key, due_on=due_on)
    if kind == "commitment" and event.kind in (CHECK, CORRECT):
        actions.recompute(key=key, due_on=due_on)


def remind(*, event: ClockTurnedYellow, position: int, **_: object) -> None:
    """The term of a late material, or to put something right, runs out soon."""
    kind, key = split(event.subject)
    if kind == "tolerance" and event.kind == LATE:
        case, name = queries.find_late(key)
        inside = cases.get_inside(split(case)[1])
        _send("late-material-due-soon", inside, event.at, position, event.due_on, material=name)
    if kind == "commitment" and event.kind == CORRECT:
        inside = cases.get_inside(split(queries.case_of(key))[1])
        _send("correction-order-due-soon", inside, event.at, position, event.due_on)


def tell_late(*, event: ToleranceOpened, position: int, **_: object) -> None:
    """Accepted: by when which paper is to come."""
    _tell("late-material-opened", event, position, event.due_on, material=_name(event.tolerance))


def tell_sent_back(*, event: LateMaterialSentBack, position: int, **_: object) -> None:
    """What came is not what was asked for."""
    reason = queries.reason_of(split(event.tolerance)[1])
    _tell(
        "late-material-sent-back",
        event,
        position,
        event.due_on,
        material=_name(event.tolerance),
        reason=reason,
    )


def tell_lapsed(*, event: ToleranceLapsed, position: int, **_: object) -> None:
    """It never came, and what the undertaking says of that."""
    effect = (
        "按您的承诺，视为撤回申请，由工作人员终止办理。"
        if event.withdraws
        else ("按您的承诺，工作人员按已有的材料作出决定，可能不予批准。")
    )
    name = _name(event.tolerance)
    _tell("late-material-lapsed", event, position, "", material=name, result=effect)


def tell_in_force(*, event: CommitmentTookEffect, position: int, **_: object) -> None:
    """Decided on the promise; it will be looked into."""
    _tell("commitment-in-force", event, position, event.check_by)


def tell_kept(*, event: CommitmentKept, position: int, **_: object) -> None:
    """Looked into, nothing wrong."""
    _tell("commitment-kept", event, position, "")


def tell_ordered(*, event: CorrectionOrdered, position: int, **_: object) -> None:
    """To be put right, by when; the letter says it in full."""
    reason = queries.last_words(split(event.commitment)[1])
    _tell("correction-ordered", event, position, event.correct_by, reason=reason)


def tell_broken(*, event: CommitmentBroken, position: int, **_: object) -> None:
    """Not kept: why, and what it closes."""
    reason = queries.last_words(split(event.commitment)[1])
    effect = (
        "这是严重失信记录：修复以前不能再用告知承诺方式，普通方式不受影响。"
        if event.serious
        else "这条记录不影响您以后用告知承诺方式。"
    )
    _tell("commitment-broken", event, position, "", reason=reason, result=effect)


def _end(case: str, at: datetime) -> None:
    actions.end_late(case=case, actor=_HOUSE, at=at)
    actions.end(case=case, actor=_HOUSE, at=at)


def _name(tolerance: str) -> str:
    return queries.find_late(split(tolerance)[1])[1]


def _tell(notice: str, event: TrustEvent, position: int, due_on: str, **values: str) -> None:
    inside = cases.get_inside(split(event.subject)[1])
    _send(notice, inside, event.at, position, due_on, **values)


def _send(
    notice: str, inside: Inside, at: datetime, position: int, due_on: str, **values: str
) -> None:
    contact = catalogue.get_content(inside.item_code, inside.item_version).contact
    common = {
        "item_name": inside.item_name,
        "case_no": inside.case_no,
        "department": inside.department_name,
        "department_name": inside.department_name,
        "phone": contact.consult if contact else "12345",
        **({"due_on": _say(due_on)} if due_on else {}),
    }
    messages.tell(
        recipient=inside.applicant,
        template=f"{inside.item_code}@{inside.item_version}/{notice}",
        values={**common, **values},
        subject=inside.reference,
        at=at,
        key=crypto.digest(f"{notice}:{position}".encode())[:16],
    )


def _say(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.year}年{on.month}月{on.day}日"
