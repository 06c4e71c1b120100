"""What is said about a case: headlines, the step map, rights of appeal. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yiwang.capability.cases.definitions import Outcome, StepView
from yiwang.capability.cases.definitions.profiles import Profile, State
from yiwang.kernel.sentences import LegalDay, said

WAITING_FOR_OFFICIAL = (
    State.SUBMITTED,
    State.WITH_OFFICIAL,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.FOR_APPROVAL,
    State.SUSPENDED,
    State.APPROVED,
    State.REJECTED,
    State.ISSUED,
)
WAITING_FOR_APPLICANT = (State.RETURNED,)
#: Ended without a decision.
UNDECIDED_ENDS = (
    State.HANDED_BACK,
    State.REFUSED,
    State.NOT_OURS,
    State.WITHDRAWN,
    State.TERMINATED,
)
DONE = (State.DELIVERED, State.CLOSED, *UNDECIDED_ENDS, State.REVOKED)
_EXAMINED = (
    State.WITH_OFFICIAL,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.FOR_APPROVAL,
    State.SUSPENDED,
)
_AFTER_DECISION = (
    State.APPROVED,
    State.REJECTED,
    State.ISSUED,
    State.DELIVERED,
    State.CLOSED,
    State.REVOKED,
)
#: With the body, its clock running.
_IN_HAND = tuple(state for state in _EXAMINED if state != State.SUSPENDED)
_ENDINGS = {
    State.HANDED_BACK: ("材料退回", "材料已退回，请按告知备齐后重新申请"),
    State.REFUSED: ("不予受理", "不予受理，理由和您能怎么办见通知书"),
    State.NOT_OURS: ("不受理", "不在这里办，理由和去哪里办见告知书"),
    State.WITHDRAWN: ("撤回申请", "您已撤回申请"),
    State.TERMINATED: ("终止办理", "已终止办理，理由和您能怎么办见通知书"),
    State.REVOKED: ("撤销", "原来的决定已经撤销，理由和您能怎么办见决定书"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the sentences about a case need to know of it."""

    profile: str
    state: str
    instant: bool
    outcome: str
    department_name: str
    result_label: str
    person_asked: bool = False
    notified: bool = False
    overdue: bool = False
    accepting: bool = False  # the clock that runs says until when acceptance is answered


def headline(case: Standing, *, due_on: date | None, today: date, provisional: bool = False) -> str:
    """The answer in one sentence: what is happening, until when."""
    until = _until(due_on, today, provisional, case.accepting)
    who = case.department_name
    match case.state:
        case State.SUBMITTED if case.instant and not case.person_asked:
            return said("已收到，正在自动核对；要人工看的，转给工作人员")
        case State.SUBMITTED:
            return said("已收到%(until)s", until=until)
        case State.WITH_OFFICIAL if case.overdue:
            return said("补正期限已过，%(who)s接着办，您还可以补正%(until)s", who=who, until=until)
        case _ if case.state in _IN_HAND and due_on is not None and today > due_on:
            return said("%(who)s还没有答复，已经超过%(day)s", who=who, day=LegalDay(due_on, today))
        case _ if case.state in _IN_HAND:
            return said("%(who)s正在审查%(until)s", who=who, until=until)
        case State.RETURNED:
            return said("等您补正，补齐后接着办，不用重新申请")
        case State.APPROVED:
            return said("已同意，正在制作%(result)s", result=case.result_label)
        case State.ISSUED:
            return said("%(result)s已经制好，等着送到您手里", result=case.result_label)
        case State.SUSPENDED:
            return said("正在进行特别程序，这段时间不计入办理期限")
    if case.state in _ENDINGS:
        return said(_ENDINGS[State(case.state)][1])
    if case.outcome == Outcome.REJECT:
        return said("没有同意，理由和您能怎么办见决定书")
    return said("已办好，%(result)s可以查看了", result=case.result_label)


def holder(case: Standing) -> str:
    """Who has the case now."""
    if case.state in WAITING_FOR_APPLICANT:
        return "您"
    if case.state == State.SUBMITTED and case.instant and not case.person_asked:
        return "系统自动核对"
    return "" if case.state in DONE else case.department_name


def steps(case: Standing, dates: Mapping[str, date | None]) -> tuple[StepView, ...]:
    """The step map: done, now, ahead, not needed. ``dates``: state name → the day it was reached."""
    ended = case.state in UNDECIDED_ENDS
    decided = case.state in _AFTER_DECISION
    boxes = [StepView("提交申请", "DONE", dates.get("received"))]
    if case.notified:
        now = case.state == State.RETURNED
        boxes.append(StepView("一次告知补正", "NOW" if now else "DONE", dates.get("notified")))
    examined = (
        "NOW" if case.state in (State.SUBMITTED, *_EXAMINED) else "DONE" if decided else "AHEAD"
    )
    if ended:
        examined = "SKIPPED"
    boxes.append(StepView(_examiner(case), examined, dates.get("accepted")))
    if ended:
        label = _ENDINGS[State(case.state)][0]
        return (*boxes, StepView(label, "DONE", dates.get("ended")))
    boxes.append(StepView("作出决定", "DONE" if decided else "AHEAD", dates.get("decided")))
    if case.state == State.REVOKED:
        return (*boxes, StepView(_ENDINGS[State.REVOKED][0], "DONE", dates.get("ended")))
    if case.outcome != Outcome.REJECT:
        issued = case.state in (State.ISSUED, State.DELIVERED, State.CLOSED)
        state = "DONE" if issued else "NOW" if case.state == State.APPROVED else "AHEAD"
        boxes.append(StepView(case.result_label, state, dates.get("issued")))
    delivered = case.state in (State.DELIVERED, State.CLOSED)
    boxes.append(StepView("送达", "DONE" if delivered else "AHEAD", dates.get("delivered")))
    return tuple(boxes)


def appeal(*, review_body: str) -> tuple[str, ...]:
    """救济途径: 行政复议法（2023）20, 行政诉讼法（2017）46."""
    return (
        said(
            "不服这个决定，可以自知道之日起六十日内向%(body)s申请行政复议（行政复议法第二十条）。",
            body=review_body or said("行政复议机关"),
        ),
        said(
            "也可以自知道之日起六个月内直接向有管辖权的人民法院提起行政诉讼（行政诉讼法第四十六条）。"
        ),
    )


def next_step(case: Standing) -> str:
    """What a receipt says will happen."""
    if case.instant and not case.person_asked:
        return said("系统正在核对，符合条件的马上办好；核不准的转工作人员，不会由系统拒绝。")
    if case.profile == Profile.MARKET_REGISTRATION:
        return said("%(who)s作形式审查；材料不齐的退回材料，一次告知。", who=case.department_name)
    return said("%(who)s审查；缺什么会一次告诉您。", who=case.department_name)


def _examiner(case: Standing) -> str:
    if case.instant and not case.person_asked and case.state == State.SUBMITTED:
        return "自动核对"
    return said("%(who)s审查", who=case.department_name) if case.department_name else "审查"


def _until(due_on: date | None, today: date, provisional: bool, accepting: bool) -> str:
    if due_on is None:
        return ""
    pattern = (
        f"，最晚%(day)s{'（暂定）' if provisional else ''}答复您{'是否受理' if accepting else ''}"
    )
    return said(pattern, day=LegalDay(due_on, today))
