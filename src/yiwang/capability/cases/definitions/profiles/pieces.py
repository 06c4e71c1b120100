"""What the tables are put together from. A guard names facts: ``a & !b``; they are listed in
``capability/cases/queries/standing.py``."""

from __future__ import annotations

from collections.abc import Iterable

from yiwang.capability.cases.definitions.profiles.names import LABELS, State, Step
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

APPLICANT, OFFICIAL, MACHINE = (Party.APPLICANT,), (Party.OFFICIAL,), (Party.MACHINE,)
STAFF = (Party.OFFICIAL, Party.MACHINE)
#: Before somebody has taken the matter up.
UNACCEPTED = (State.SUBMITTED, State.WITH_OFFICIAL)
#: While it is examined and signed: 承办, 审核, 批准.
EXAMINED = (State.ACCEPTED, State.IN_REVIEW, State.FOR_APPROVAL)
_DECIDED = (State.APPROVED, State.ISSUED, State.DELIVERED, State.CLOSED)


def move(
    source: State, act: Step, who: tuple[Party, ...], target: State, label: str, guard: str = ""
) -> Transition:
    return Transition(source, act, who, target, label, guard)


def from_each(
    sources: Iterable[State],
    act: Step,
    who: tuple[Party, ...],
    target: State,
    label: str,
    guard: str = "",
) -> tuple[Transition, ...]:
    return tuple(Transition(source, act, who, target, label, guard) for source in sources)


def machine(
    profile: str, version: int, transitions: Iterable[Transition], **labels: str
) -> Machine:
    """A table with the names of exactly the states it uses; ``labels``: what it calls otherwise."""
    rows = tuple(transitions)
    used = {state for row in rows for state in (row.source, row.target)}
    names = {**LABELS, **{State(key): name for key, name in labels.items()}}
    return Machine(profile, version, State.SUBMITTED, rows, {s: names[State(s)] for s in used})


def arrival(yes: str, *, by_hand: bool = True) -> tuple[Transition, ...]:
    """Rule or person: a rule may only say yes; everything else goes to an official."""
    rows = [
        move(
            State.SUBMITTED, Step.APPROVE, MACHINE, State.APPROVED, yes,
            "rule_approved & !decision_blocked",
        ),
        move(State.SUBMITTED, Step.TO_OFFICIAL, MACHINE, State.WITH_OFFICIAL, "转人工审查"),
    ]  # fmt: skip
    if by_hand:
        rows.append(
            move(State.SUBMITTED, Step.ASK_FOR_PERSON, APPLICANT, State.WITH_OFFICIAL, "请人工办理")
        )
    return tuple(rows)


def acceptance(*, refuse: bool = True, deemed: bool = False) -> tuple[Transition, ...]:
    """行政许可法 32: accepted; or refused with reasons; or not ours, with where to turn; or passed on.

    ``deemed``: told nothing in time, so it is accepted from the day of receipt, by the clock itself;
    from that moment on nobody may say anything else.
    """
    told_in_time = "!accept_lapsed"
    rows = [
        move(State.WITH_OFFICIAL, Step.ACCEPT, OFFICIAL, State.ACCEPTED, "受理", told_in_time),
        move(
            State.WITH_OFFICIAL, Step.NOT_OURS, OFFICIAL, State.NOT_OURS, "不受理，告知去向",
            told_in_time,
        ),
        *from_each(
            UNACCEPTED, Step.TRANSFER, OFFICIAL, State.WITH_OFFICIAL, "转办给有权的部门",
            told_in_time,
        ),
    ]  # fmt: skip
    if refuse:
        rows.append(
            move(
                State.WITH_OFFICIAL, Step.REFUSE, OFFICIAL, State.REFUSED, "不予受理", told_in_time
            )
        )
    if deemed:
        rows += from_each(
            UNACCEPTED, Step.DEEM_ACCEPTED, MACHINE, State.ACCEPTED, "逾期未告知，视为受理",
            "accept_lapsed",
        )  # fmt: skip
    return tuple(rows)


def correction() -> tuple[Transition, ...]:
    """Told once, everything (行政许可法 32 (4)); nothing lapses by itself."""
    return (
        move(
            State.WITH_OFFICIAL, Step.RETURN, OFFICIAL, State.RETURNED, "一次告知补正",
            "!correction_used & !accept_lapsed",
        ),
        move(State.RETURNED, Step.SUPPLY, APPLICANT, State.WITH_OFFICIAL, "提交补正"),
        move(State.RETURNED, Step.SUPPLY_OVERDUE, MACHINE, State.WITH_OFFICIAL, "补正期限已过"),
        move(
            State.WITH_OFFICIAL, Step.SUPPLY, APPLICANT, State.WITH_OFFICIAL, "提交补正",
            "supply_late",
        ),
    )  # fmt: skip


def handing_back() -> tuple[Transition, ...]:
    """市场主体登记管理条例 19, 实施细则 18: the material goes back, told once, to be applied for anew."""
    return from_each(
        (State.WITH_OFFICIAL, State.ACCEPTED), Step.HAND_BACK, OFFICIAL, State.HANDED_BACK,
        "退回材料，一次告知",
    )  # fmt: skip


def signing(yes: str, no: str) -> tuple[Transition, ...]:
    """承办 → 审核 → 批准, or fewer steps as the item says; back one step with an opinion."""
    sign, back = "送下一步签批", "退回上一步"
    return (
        move(
            State.ACCEPTED, Step.FORWARD, OFFICIAL, State.IN_REVIEW, sign, "chained & chain_reviews"
        ),
        move(
            State.ACCEPTED, Step.FORWARD, OFFICIAL, State.FOR_APPROVAL, sign,
            "chained & !chain_reviews",
        ),
        move(State.IN_REVIEW, Step.FORWARD, OFFICIAL, State.FOR_APPROVAL, sign),
        move(State.IN_REVIEW, Step.SEND_BACK, OFFICIAL, State.ACCEPTED, back),
        move(
            State.FOR_APPROVAL, Step.SEND_BACK, OFFICIAL, State.IN_REVIEW, back, "chain_reviews"
        ),
        move(
            State.FOR_APPROVAL, Step.SEND_BACK, OFFICIAL, State.ACCEPTED, back, "!chain_reviews"
        ),
        move(
            State.ACCEPTED, Step.APPROVE, OFFICIAL, State.APPROVED, yes,
            "!chained & !decision_blocked",
        ),
        move(State.ACCEPTED, Step.REJECT, OFFICIAL, State.REJECTED, no, "!chained"),
        move(
            State.FOR_APPROVAL, Step.APPROVE, OFFICIAL, State.APPROVED, yes, "!decision_blocked"
        ),
        move(State.FOR_APPROVAL, Step.REJECT, OFFICIAL, State.REJECTED, no),
    )  # fmt: skip


def on_the_spot(yes: str, no: str = "") -> tuple[Transition, ...]:
    """Complete and of legal form: decided at once, without a step of acceptance."""
    rows = [
        move(
            State.WITH_OFFICIAL, Step.APPROVE, OFFICIAL, State.APPROVED, yes,
            "!chained & !decision_blocked",
        )
    ]  # fmt: skip
    if no:
        rows.append(
            move(State.WITH_OFFICIAL, Step.REJECT, OFFICIAL, State.REJECTED, no, "!chained")
        )
    return tuple(rows)


def more_time(*sources: State) -> tuple[Transition, ...]:
    """With the head's approval, told in writing, once; only where the item's flow names it."""
    acts = (
        (Step.ASK_EXTENSION, "提请延长办理期限", "extension_offered & extension_free"),
        (Step.GRANT_EXTENSION, "批准延长，书面告知申请人", "extension_waits"),
        (Step.DECLINE_EXTENSION, "不批准延长", "extension_waits"),
    )
    return tuple(
        move(state, act, OFFICIAL, state, label, guard)
        for state in sources
        for act, label, guard in acts
    )


def special_procedures() -> tuple[Transition, ...]:
    """行政许可法 45: only these stand outside the clock, each told in writing with its length."""
    return (
        *from_each(
            (State.ACCEPTED, State.SUSPENDED), Step.BEGIN_SPECIAL, OFFICIAL, State.SUSPENDED,
            "进入特别程序", "special_offered",
        ),
        move(
            State.SUSPENDED, Step.END_SPECIAL, OFFICIAL, State.ACCEPTED, "特别程序结束",
            "last_special",
        ),
        move(
            State.SUSPENDED, Step.END_SPECIAL, OFFICIAL, State.SUSPENDED, "特别程序结束",
            "!last_special",
        ),
    )  # fmt: skip


def silence(yes: str) -> tuple[Transition, ...]:
    """行政许可法 50: no decision by expiry renews. Article 45 does not reach it, blocks do not either."""
    return from_each(
        (*UNACCEPTED, *EXAMINED, State.SUSPENDED), Step.DEEM_RENEWED, MACHINE, State.APPROVED,
        f"届满未决定，视为{yes}", "silence_lapsed & !awaits_correction",
    )  # fmt: skip


def leaving(*sources: State, terminable: bool = True) -> tuple[Transition, ...]:
    """The applicant takes it back before a decision; or its purpose is gone and the body ends it."""
    rows = from_each(sources, Step.WITHDRAW, APPLICANT, State.WITHDRAWN, "撤回申请")
    if not terminable:
        return rows
    ends = [state for state in sources if state not in (State.SUBMITTED, State.RETURNED)]
    return rows + from_each(ends, Step.TERMINATE, OFFICIAL, State.TERMINATED, "终止办理")


def after_decision(issued: str, *, rejects: bool = True) -> tuple[Transition, ...]:
    """Result, delivery, end; and the person behind a machine's decision (个人信息保护法 24)."""
    rows = [
        move(State.APPROVED, Step.ISSUE, STAFF, State.ISSUED, issued, "!issue_blocked"),
        move(State.ISSUED, Step.DELIVER, STAFF, State.DELIVERED, "送达"),
        move(State.DELIVERED, Step.CLOSE, STAFF, State.CLOSED, "办结"),
    ]
    if rejects:
        rows.append(move(State.REJECTED, Step.DELIVER, STAFF, State.DELIVERED, "送达决定"))
    for state in _DECIDED:
        rows += [
            move(state, Step.ASK_FOR_PERSON, APPLICANT, state, "请人工复核", "machine_decided"),
            move(state, Step.CONFIRM_BY_PERSON, OFFICIAL, state, "答复人工复核", "person_waits"),
            move(
                state, Step.REVOKE_BY_PERSON, OFFICIAL, State.WITH_OFFICIAL,
                "撤销原决定，重新办理", "person_waits",
            ),
        ]  # fmt: skip
    return tuple(rows)


def afterwards(*ends: State, back_to: State = State.ACCEPTED) -> tuple[Transition, ...]:
    """Revoked by the body itself (行政许可法 69); taken up anew after a review or a judgment."""
    return (
        *from_each(_DECIDED, Step.REVOKE, OFFICIAL, State.REVOKED, "撤销", "approved"),
        *from_each(
            (State.DELIVERED, State.CLOSED, State.REVOKED, *ends), Step.REOPEN, OFFICIAL, back_to,
            "经复议或者诉讼，重新办理",
        ),
    )  # fmt: skip
