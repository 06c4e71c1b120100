"""The first tables of benefits and market registration: cases opened with them end with them.

Only the guard of open blocks was added since: a case without a block meets nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.capability.cases.definitions.profiles.names import LABELS, Profile, State, Step
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

_FREE = "!decision_blocked"
_RULE = f"rule_approved & {_FREE}"
_APPLICANT, _OFFICIAL, _MACHINE = (Party.APPLICANT,), (Party.OFFICIAL,), (Party.MACHINE,)
_STAFF = (Party.OFFICIAL, Party.MACHINE)

_LABELS: Mapping[str, str] = {
    state: LABELS[state]
    for state in (
        State.SUBMITTED,
        State.WITH_OFFICIAL,
        State.RETURNED,
        State.ACCEPTED,
        State.APPROVED,
        State.REJECTED,
        State.ISSUED,
        State.DELIVERED,
        State.CLOSED,
        State.HANDED_BACK,
        State.REFUSED,
        State.WITHDRAWN,
    )
}


def _after_decision(approved: str) -> tuple[Transition, ...]:
    """From a decision to the end, and the person behind a machine's decision (个人信息保护法 24)."""
    recheck = tuple(
        transition
        for state in (State.APPROVED, State.ISSUED, State.DELIVERED, State.CLOSED)
        for transition in (
            Transition(
                state, Step.ASK_FOR_PERSON, _APPLICANT, state, "请人工复核", "machine_decided"
            ),
            Transition(
                state, Step.CONFIRM_BY_PERSON, _OFFICIAL, state, "答复人工复核", "person_waits"
            ),
            Transition(
                state,
                Step.REVOKE_BY_PERSON,
                _OFFICIAL,
                State.WITH_OFFICIAL,
                "撤销原决定，重新办理",
                "person_waits",
            ),
        )
    )
    return (
        Transition(State.APPROVED, Step.ISSUE, _STAFF, State.ISSUED, approved, "!issue_blocked"),
        Transition(State.ISSUED, Step.DELIVER, _STAFF, State.DELIVERED, "送达"),
        Transition(State.REJECTED, Step.DELIVER, _STAFF, State.DELIVERED, "送达决定"),
        Transition(State.DELIVERED, Step.CLOSE, _STAFF, State.CLOSED, "办结"),
        *recheck,
    )


def _before_decision(yes: str, no: str) -> tuple[Transition, ...]:
    """Rule or person: a rule may only say yes; everything else goes to an official."""
    return (
        Transition(State.SUBMITTED, Step.APPROVE, _MACHINE, State.APPROVED, yes, _RULE),
        Transition(State.SUBMITTED, Step.TO_OFFICIAL, _MACHINE, State.WITH_OFFICIAL, "转人工审查"),
        Transition(
            State.SUBMITTED, Step.ASK_FOR_PERSON, _APPLICANT, State.WITH_OFFICIAL, "请人工办理"
        ),
        Transition(State.SUBMITTED, Step.WITHDRAW, _APPLICANT, State.WITHDRAWN, "撤回申请"),
        Transition(State.WITH_OFFICIAL, Step.WITHDRAW, _APPLICANT, State.WITHDRAWN, "撤回申请"),
        Transition(State.ACCEPTED, Step.WITHDRAW, _APPLICANT, State.WITHDRAWN, "撤回申请"),
        Transition(State.ACCEPTED, Step.APPROVE, _OFFICIAL, State.APPROVED, yes, _FREE),
        Transition(State.ACCEPTED, Step.REJECT, _OFFICIAL, State.REJECTED, no),
    )


def _extension() -> tuple[Transition, ...]:
    """市场主体登记管理条例 19: complex cases, approved by the head, three working days more, once."""
    acts = (
        (Step.ASK_EXTENSION, "提请延长 3 个工作日", "extension_free"),
        (Step.GRANT_EXTENSION, "批准延长，书面告知申请人", "extension_waits"),
        (Step.DECLINE_EXTENSION, "不批准延长", "extension_waits"),
    )
    return tuple(
        Transition(state, act, _OFFICIAL, state, label, guard)
        for state in (State.WITH_OFFICIAL, State.ACCEPTED)
        for act, label, guard in acts
    )


#: 市场主体登记管理条例 19-21, 实施细则 18-19: form check; on the spot, else a receipt and three working
#: days; incomplete: handed back, told once, applied for anew.
MARKET_REGISTRATION = Machine(
    profile=Profile.MARKET_REGISTRATION,
    version=1,
    initial=State.SUBMITTED,
    labels={
        **{k: v for k, v in _LABELS.items() if k != State.RETURNED},
        State.APPROVED: "准予登记",
        State.REJECTED: "不予登记",
        State.ISSUED: "执照已制作",
    },
    transitions=(
        *_before_decision("准予登记", "不予登记"),
        Transition(State.WITH_OFFICIAL, Step.APPROVE, _OFFICIAL, State.APPROVED, "准予登记", _FREE),
        Transition(State.WITH_OFFICIAL, Step.REJECT, _OFFICIAL, State.REJECTED, "不予登记"),
        Transition(
            State.WITH_OFFICIAL, Step.ACCEPT, _OFFICIAL, State.ACCEPTED, "接收材料，继续审查"
        ),
        Transition(
            State.WITH_OFFICIAL, Step.HAND_BACK, _OFFICIAL, State.HANDED_BACK, "退回材料，一次告知"
        ),
        Transition(
            State.ACCEPTED, Step.HAND_BACK, _OFFICIAL, State.HANDED_BACK, "退回材料，一次告知"
        ),
        Transition(
            State.WITH_OFFICIAL, Step.REFUSE, _OFFICIAL, State.REFUSED, "不属于本机关登记，告知去向"
        ),
        *_extension(),
        *_after_decision("制发营业执照"),
    ),
)

#: Benefits follow their own law or local rule; what holds everywhere: told once, in writing, with reasons.
BENEFIT = Machine(
    profile=Profile.BENEFIT,
    version=1,
    initial=State.SUBMITTED,
    labels={
        **{k: v for k, v in _LABELS.items() if k != State.HANDED_BACK},
        State.APPROVED: "已批准",
        State.REJECTED: "不予批准",
        State.ISSUED: "待遇已登记",
    },
    transitions=(
        *_before_decision("批准", "不予批准"),
        Transition(State.WITH_OFFICIAL, Step.ACCEPT, _OFFICIAL, State.ACCEPTED, "受理"),
        Transition(
            State.WITH_OFFICIAL,
            Step.RETURN,
            _OFFICIAL,
            State.RETURNED,
            "一次告知补正",
            "!correction_used",
        ),
        Transition(State.WITH_OFFICIAL, Step.REFUSE, _OFFICIAL, State.REFUSED, "不予受理"),
        Transition(State.RETURNED, Step.SUPPLY, _APPLICANT, State.WITH_OFFICIAL, "提交补正"),
        Transition(
            State.RETURNED, Step.SUPPLY_OVERDUE, _MACHINE, State.WITH_OFFICIAL, "补正期限已过"
        ),
        Transition(
            State.WITH_OFFICIAL,
            Step.SUPPLY,
            _APPLICANT,
            State.WITH_OFFICIAL,
            "提交补正",
            "supply_late",
        ),
        Transition(State.RETURNED, Step.WITHDRAW, _APPLICANT, State.WITHDRAWN, "撤回申请"),
        *_after_decision("登记待遇"),
    ),
)
