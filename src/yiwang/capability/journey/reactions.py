"""The applicant is told what happened. One message a fact, told once however often it is heard."""

from __future__ import annotations

from datetime import date, datetime

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import GROUND_LABELS, NotOurs, Outcome, Stage
from yiwang.capability.cases.definitions.flow import SPECIAL_LABELS
from yiwang.capability.cases.events import (
    BlocksCleared,
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseHandedBack,
    CaseNotOurs,
    CaseRefused,
    CaseReopened,
    CaseReturned,
    CaseRevoked,
    CaseSubmitted,
    CaseTerminated,
    CaseTransferred,
    CaseWithdrawn,
    CorrectionOverdue,
    DecisionRevoked,
    ExtensionGranted,
    PassedToOfficial,
    SpecialBegun,
    SpecialEnded,
)
from yiwang.capability.cases.queries import Inside
from yiwang.capability.conversations.definitions import Side
from yiwang.capability.conversations.events import RemarkMade
from yiwang.capability.deliveries.events import ParcelDelivered
from yiwang.capability.entitlements import queries as entitlements
from yiwang.capability.entitlements.definitions import REASON_LABELS
from yiwang.capability.entitlements.events import EntitlementStopAnnounced
from yiwang.capability.journey import acceptance, letters, papers, results, rethinking
from yiwang.capability.journey.acceptance import CLOCK as _CLOCK
from yiwang.capability.journey.clocks import ACCEPT, DECIDE, SUPPLY
from yiwang.capability.visits import queries as visits
from yiwang.capability.visits.events import VisitPlanned
from yiwang.kernel.actor import machine
from yiwang.kernel.events import Event
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.kernel.references import split
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.events import ClockRecomputed, ClockTurnedRed, ClockTurnedYellow
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.messages import actions as messages
from yiwang.support.messages import queries as notices

#: Who reads a visit for its notice.
_READER = machine("notices")
#: In whose name a courier's word ends a case.
_POST = machine("post")


def tell_submitted(*, event: CaseSubmitted, position: int, **_: object) -> None:
    """Received; what is decided at once tells its result instead."""
    if not event.instant:
        _tell("case-submitted", event, position, next_step="缺什么会一次告诉您。")


def tell_passed_on(*, event: PassedToOfficial, position: int, **_: object) -> None:
    """An official looks; said only where a rule was expected to."""
    if event.instant and _inside(event).instant:
        _tell("case-to-person", event, position)


def tell_accepted(*, event: CaseAccepted, position: int, **_: object) -> None:
    """Taken up."""
    _tell("case-accepted", event, position)


def tell_returned(*, event: CaseReturned, position: int, **_: object) -> None:
    """Everything to mend, and by when."""
    notice = cases.get_notice(_key(event))
    if not notice.problems:  # heard late: it has ended since, and that is told instead
        return
    by = _due(event.subject, SUPPLY, event.at)
    _tell("case-returned", event, position, reason="\n".join(notice.problems), correct_by=by)


def tell_handed_back(*, event: CaseHandedBack, position: int, **_: object) -> None:
    """Materials handed back, told once."""
    notice = cases.get_notice(_key(event))
    again = "备齐后请重新申请，填过的内容可以带入。"
    _tell("case-handed-back", event, position, reason="\n".join(notice.problems), remedy=again)


def tell_refused(*, event: CaseRefused, position: int, **_: object) -> None:
    """Not accepted: reason and rights."""
    notice = cases.get_notice(_key(event))
    appeal = "\n".join(notice.appeal)
    _tell("case-refused", event, position, reason=notice.reason, appeal=appeal)


def tell_decided(*, event: CaseDecided, position: int, **_: object) -> None:
    """Yes with its result, or no with reason and rights."""
    row = cases.read_once(_key(event))
    decision = cases.get_decision(row, outcome=event.outcome)
    if event.outcome == Outcome.APPROVE:
        inside = cases.get_inside(row)
        result = f"{inside.result_label}可以在“我的办件”里查看。"
        _tell("case-approved", event, position, inside, result=result, **_sum(event.subject))
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


def tell_extended(*, event: ExtensionGranted, position: int, **_: object) -> None:
    """More time with the head's approval: the new day and why; the letter says it in full."""
    inside = _inside(event)
    plan = cases.get_flow(inside.item_code, inside.item_version, inside.profile).extension
    basis = plan.basis.replace(" ", "") if plan else ""
    why = f"情形复杂，经本机关负责人批准延长办理期限（{basis}）"
    _tell("due-date-changed", event, position, reason=why)


def tell_revoked(*, event: DecisionRevoked, position: int, **_: object) -> None:
    """A person took back what a rule had decided; it is decided anew."""
    earlier = cases.list_revoked(_key(event))
    reason = earlier[-1].reason if earlier else ""
    result = "撤销决定告知书可以在“我的办件”里查看，里面写明了您的权利。"
    _tell("decision-revoked", event, position, reason=reason, result=result)


def tell_overdue(*, event: CorrectionOverdue, position: int, **_: object) -> None:
    """The time to mend is over, the case is not."""
    by = _due(event.subject, SUPPLY, event.at)
    _tell("correction-overdue", event, position, correct_by=by)


def pass_on_overdue(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """Nothing lapses silently: the case goes onto the official's worklist."""
    if event.kind == SUPPLY and event.subject.startswith("case:"):
        rethinking.pass_on_overdue(case_key=split(event.subject)[1], actor=_CLOCK, at=at)


def accept_by_silence(*, event: ClockTurnedRed, at: datetime, **_: object) -> None:
    """五个工作日 are over and nothing was said: accepted from the day of receipt (行政许可法 32)."""
    if event.kind == ACCEPT and event.subject.startswith("case:"):
        acceptance.deem_accepted(case_key=split(event.subject)[1], actor=_CLOCK, at=at)


def go_on_with_result(*, event: BlocksCleared, at: datetime, **_: object) -> None:
    """What kept an approved case's result back is gone: it is made and delivered."""
    if event.stage == Stage.ISSUE:
        results.go_on(case_key=split(event.subject)[1], actor=_CLOCK, at=at)


def tell_not_ours(*, event: CaseNotOurs, position: int, **_: object) -> None:
    """Not taken up here: why, and where to turn."""
    notice = cases.get_notice(_key(event))
    advice = f"请向{notice.advice}申请。" if event.kind == NotOurs.NOT_THIS_BODY else notice.advice
    told = advice or "这件事不用申请许可。"
    _tell("case-not-ours", event, position, reason=notice.reason, remedy=told)


def tell_transferred(*, event: CaseTransferred, position: int, **_: object) -> None:
    """Passed on to the body whose matter it is."""
    _tell("case-transferred", event, position)


def tell_special(*, event: SpecialBegun, position: int, **_: object) -> None:
    """A stretch outside the clock: which, until when."""
    on = letters.say(date.fromisoformat(event.expected_on))
    _tell("special-begun", event, position, reason=SPECIAL_LABELS[event.kind], due_on=on)


def tell_special_over(*, event: SpecialEnded, position: int, **_: object) -> None:
    """It is over; the clock runs on, with a new last day."""
    why = f"{SPECIAL_LABELS[event.kind]}结束，所用时间不计入办理期限"
    _tell("due-date-changed", event, position, reason=why)


def tell_terminated(*, event: CaseTerminated, position: int, **_: object) -> None:
    """Ended without a decision."""
    notice = cases.get_notice(_key(event))
    appeal = "\n".join(notice.appeal)
    _tell("case-terminated", event, position, reason=notice.reason, appeal=appeal)


def deliver_posted(*, event: ParcelDelivered, at: datetime, **_: object) -> None:
    """The courier delivered the result: the proof of delivery, the end of the case."""
    papers.deliver_posted(case=event.subject, actor=_POST, at=at)


def tell_taken_back(*, event: CaseRevoked, position: int, **_: object) -> None:
    """The body took its decision back."""
    notice = cases.get_notice(_key(event))
    appeal = "\n".join(notice.appeal)
    _tell("case-revoked", event, position, reason=notice.reason, appeal=appeal)


def tell_reopened(*, event: CaseReopened, position: int, **_: object) -> None:
    """Taken up anew."""
    _tell("case-reopened", event, position, reason=GROUND_LABELS[event.ground])


def remind_of_correction(*, event: ClockTurnedYellow, position: int, **_: object) -> None:
    """The time to mend runs out soon."""
    if event.kind == SUPPLY and event.subject.startswith("case:"):
        by = _due(event.subject, SUPPLY, event.at)
        _tell("correction-due-soon", event, position, correct_by=by)


def tell_visit_planned(*, event: VisitPlanned, position: int, **_: object) -> None:
    """When, where and who comes, and that it makes nothing later."""
    visit = visits.get_visit(split(event.visit)[1], _READER, at=event.at)
    if visit.planned_at is None:
        return
    when = visit.planned_at.astimezone(SHANGHAI)
    _tell(
        "visit-planned",
        event,
        position,
        visit_at=f"{letters.say(when.date())}{when:%H:%M}",
        place=visit.place,
        officers="、".join(one.name for one in visit.officers),
    )


def tell_remark(*, event: RemarkMade, position: int, **_: object) -> None:
    """The official wrote; the words stay on the case's page, behind the sign-in."""
    if event.side == Side.OFFICE:
        wanted = "并回复" if event.asks else ""
        _tell("remark-made", event, position, next_step=wanted)


def tell_stop_announced(*, event: EntitlementStopAnnounced, position: int, **_: object) -> None:
    """A benefit is to end: from when, why, and until when to object. Payments go on until then."""
    if not event.case.startswith("case:"):
        return
    inside = cases.get_inside(split(event.case)[1])
    first = date.fromisoformat(event.stops_on)
    by = letters.say(date.fromisoformat(event.object_by))
    template = f"{inside.item_code}@{inside.item_version}/entitlement-stopped"
    messages.tell(
        recipient=event.person,
        template=template,
        values={
            **_common(inside, event.at, template),
            "reason": REASON_LABELS.get(event.reason, event.reason),
            "stops_on": f"{first.year}年{first.month}月",
            "appeal": f"如果情况不对，请在{by}前联系{inside.department_name}。",
        },
        subject=event.case,
        at=event.at,
        key=crypto.digest(f"entitlement-stopped:{position}".encode())[:16],
    )


def _sum(case: str) -> dict[str, str]:
    """What a benefit pays and from when; nothing for other results."""
    granted = entitlements.find_sum(case)
    if granted is None:
        return {}
    first, monthly_fen = granted
    yuan, fen = divmod(monthly_fen, 100)
    return {
        "monthly_yuan": f"{yuan}.{fen:02d}" if fen else str(yuan),
        "starts_on": f"{first.year}年{first.month}月",
    }


def _key(event: Event) -> str:
    return split(event.subject)[1]


def _inside(event: Event) -> Inside:
    return cases.get_inside(_key(event))


def _due(subject: str, kind: str, at: datetime) -> str:
    clock = clocks.find_clock(subject=subject, kind=kind, at=at)
    if clock is None:
        return ""
    return letters.say(clock.due_on) + ("（暂定）" if clock.provisional else "")


def _tell(
    notice: str,
    event: Event,
    position: int,
    inside: Inside | None = None,
    **values: str,
) -> None:
    inside = inside or _inside(event)
    template = f"{inside.item_code}@{inside.item_version}/{notice}"
    messages.tell(
        recipient=inside.applicant,
        template=template,
        values={**_common(inside, event.at, template), **values},
        subject=event.subject,
        at=event.at,
        key=crypto.digest(f"{notice}:{position}".encode())[:16],
    )


def _common(inside: Inside, at: datetime, template: str) -> dict[str, str]:
    """What every notice may mention (``definitions.ALWAYS``, and the day of a decision); the clock is
    asked only for a notice that says until when."""
    contact = letters.item_of(inside).contact
    common = {
        "item_name": inside.item_name,
        "case_no": inside.case_no,
        "department": inside.department_name,
        "department_name": inside.department_name,
        "received_on": letters.say(legal_date(inside.received_at)),
        "phone": contact.consult if contact else "12345",
    }
    if notices.mentions(template, "answer_by"):
        common["answer_by"] = letters.answer_by(inside, at)
    if inside.decided_at is not None:
        common["decided_on"] = letters.say(legal_date(inside.decided_at))
    return common
