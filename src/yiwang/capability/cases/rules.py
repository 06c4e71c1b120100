"""What cases say and allow: headlines, steps, who may act, ages, rights of appeal. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yiwang.capability.cases.definitions import Outcome, StepView
from yiwang.capability.cases.definitions.profiles import Profile, State, Step
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.mechanisms.states.definitions import Party

WAITING_FOR_OFFICIAL = (State.SUBMITTED, State.WITH_OFFICIAL, State.ACCEPTED)
WAITING_FOR_APPLICANT = (State.RETURNED,)
DONE = (State.DELIVERED, State.CLOSED, State.HANDED_BACK, State.REFUSED, State.WITHDRAWN)
#: What a window clerk may do; everything an official does is open to an approver.
CLERK_STEPS = (Step.ACCEPT, Step.RETURN, Step.HAND_BACK, Step.DELIVER, Step.ASK_EXTENSION)
_WEEKDAYS = "一二三四五六日"
_EXAMINED = (State.WITH_OFFICIAL, State.ACCEPTED)
_AFTER_DECISION = (State.APPROVED, State.REJECTED, State.ISSUED, State.DELIVERED, State.CLOSED)


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


def party_of(actor: Actor, *, applicant: str) -> Party | None:
    """Whose part an actor plays towards a case: the applicant's, an official's, the platform's."""
    if actor.kind is ActorKind.MACHINE:
        return Party.MACHINE
    if actor.kind in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        return Party.APPLICANT if actor.applicant == applicant else None
    return Party.OFFICIAL if actor.kind is ActorKind.OFFICIAL else None


def may_take(actor: Actor, act: str) -> bool:
    """Has an official the role for this act? Others need none."""
    if actor.kind is not ActorKind.OFFICIAL or actor.has_role(Role.APPROVER):
        return True
    return actor.has_role(Role.WINDOW_CLERK) and act in CLERK_STEPS


def needs_another(actor: Actor, act: str, *, asked_by: str) -> bool:
    """The second approver is not the first: who asked for more time does not grant it."""
    return act == Step.GRANT_EXTENSION and actor.reference == asked_by


def is_own_case(actor: Actor, *, applicant: str, submitted_by: str) -> bool:
    """Approver is not applicant: nobody handles as an official what is theirs as a citizen."""
    mine = {actor.reference, actor.on_behalf_of, actor.person} - {None, ""}
    return actor.kind is ActorKind.OFFICIAL and bool(mine & {applicant, submitted_by})


def headline(case: Standing, *, due_on: date | None, today: date, provisional: bool = False) -> str:
    """The answer in one sentence: what is happening, until when."""
    match case.state:
        case State.SUBMITTED if case.instant and not case.person_asked:
            return "已收到，正在自动核对；要人工看的，转给工作人员"
        case State.SUBMITTED:
            return "已收到" + _until("，", due_on, today, provisional)
        case State.WITH_OFFICIAL if case.overdue:
            tail = _until("，", due_on, today, provisional)
            return f"补正期限已过，{case.department_name}接着办，您还可以补正{tail}"
        case State.WITH_OFFICIAL | State.ACCEPTED if due_on is not None and today > due_on:
            return f"{case.department_name}还没有答复，已经超过{_day(due_on, today)}"
        case State.WITH_OFFICIAL | State.ACCEPTED:
            return f"{case.department_name}正在审查" + _until("，", due_on, today, provisional)
        case State.RETURNED:
            return "等您补正，补齐后接着办，不用重新申请"
        case State.APPROVED:
            return f"已同意，正在制作{case.result_label}"
        case State.HANDED_BACK:
            return "材料已退回，请按告知备齐后重新申请"
        case State.REFUSED:
            return "不予受理，理由和您能怎么办见通知书"
        case State.WITHDRAWN:
            return "您已撤回申请"
    if case.outcome == Outcome.REJECT:
        return "没有同意，理由和您能怎么办见决定书"
    return f"已办好，{case.result_label}可以查看了"


def holder(case: Standing) -> str:
    """Who has the case now."""
    if case.state in WAITING_FOR_APPLICANT:
        return "您"
    if case.state == State.SUBMITTED and case.instant and not case.person_asked:
        return "系统自动核对"
    return "" if case.state in DONE else case.department_name


def steps(case: Standing, dates: Mapping[str, date | None]) -> tuple[StepView, ...]:
    """The step map: done, now, ahead, not needed. ``dates``: state name → the day it was reached."""
    ended = case.state in (State.HANDED_BACK, State.REFUSED, State.WITHDRAWN)
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
        label = {
            State.HANDED_BACK: "材料退回",
            State.REFUSED: "不予受理",
            State.WITHDRAWN: "撤回申请",
        }
        return (*boxes, StepView(label[State(case.state)], "DONE", dates.get("ended")))
    boxes.append(StepView("作出决定", "DONE" if decided else "AHEAD", dates.get("decided")))
    if case.outcome != Outcome.REJECT:
        issued = case.state in (State.ISSUED, State.DELIVERED, State.CLOSED)
        state = "DONE" if issued else "NOW" if case.state == State.APPROVED else "AHEAD"
        boxes.append(StepView(case.result_label, state, dates.get("issued")))
    delivered = case.state in (State.DELIVERED, State.CLOSED)
    boxes.append(StepView("送达", "DONE" if delivered else "AHEAD", dates.get("delivered")))
    return tuple(boxes)


def appeal(*, review_body: str) -> tuple[str, ...]:
    """救济途径: 行政复议法（2023）20, 行政诉讼法（2017）46."""
    to = f"向{review_body}" if review_body else "向行政复议机关"
    return (
        f"不服这个决定，可以自知道之日起六十日内{to}申请行政复议（行政复议法第二十条）。",
        "也可以自知道之日起六个月内直接向有管辖权的人民法院提起行政诉讼（行政诉讼法第四十六条）。",
    )


def next_step(case: Standing) -> str:
    """What a receipt says will happen."""
    if case.instant and not case.person_asked:
        return "系统正在核对，符合条件的马上办好；核不准的转工作人员，不会由系统拒绝。"
    if case.profile == Profile.MARKET_REGISTRATION:
        return f"{case.department_name}作形式审查；材料不齐的退回材料，一次告知。"
    return f"{case.department_name}审查；缺什么会一次告诉您。"


def _examiner(case: Standing) -> str:
    if case.instant and not case.person_asked and case.state == State.SUBMITTED:
        return "自动核对"
    return f"{case.department_name}审查" if case.department_name else "审查"


def _until(before: str, due_on: date | None, today: date, provisional: bool) -> str:
    if due_on is None:
        return ""
    return f"{before}最晚{_day(due_on, today)}{'（暂定）' if provisional else ''}答复您"


def _day(on: date, today: date) -> str:
    year = f"{on.year}年" if on.year != today.year else ""
    return f"{year}{on.month}月{on.day}日（周{_WEEKDAYS[on.weekday()]}）"
