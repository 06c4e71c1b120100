"""Procedure profiles 办理程序: one transition table each, as data, with the law behind it.

行政许可法 does not govern everything: market registration and benefits follow their own rules. A
profile without a table is not handled here yet and is shown so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from yiwang.mechanisms.states.definitions import Machine, Party, Transition


class Profile(StrEnum):
    """The family of procedure an item belongs to."""

    LICENCE = "LICENCE"
    MARKET_REGISTRATION = "MARKET_REGISTRATION"
    BENEFIT = "BENEFIT"
    CONFIRMATION = "CONFIRMATION"
    FILING = "FILING"
    COMMITMENT = "COMMITMENT"


class State(StrEnum):
    """Where a case can be. No profile uses all of them."""

    SUBMITTED = "SUBMITTED"
    WITH_OFFICIAL = "WITH_OFFICIAL"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    ISSUED = "ISSUED"
    DELIVERED = "DELIVERED"
    CLOSED = "CLOSED"
    HANDED_BACK = "HANDED_BACK"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class Step(StrEnum):
    """The acts that move a case."""

    APPROVE = "approve"
    REJECT = "reject"
    TO_OFFICIAL = "to_official"
    ASK_FOR_PERSON = "ask_for_person"
    CONFIRM_BY_PERSON = "confirm_by_person"
    ACCEPT = "accept"
    RETURN = "return_for_correction"
    SUPPLY = "supply_correction"
    HAND_BACK = "hand_back"
    REFUSE = "refuse_acceptance"
    WITHDRAW = "withdraw"
    ISSUE = "issue"
    DELIVER = "deliver"
    CLOSE = "close"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    DECLINE_EXTENSION = "decline_extension"
    REVOKE_BY_PERSON = "revoke_by_person"
    SUPPLY_OVERDUE = "supply_overdue"


@dataclass(frozen=True, slots=True)
class ProfileRule:
    """One profile: its Chinese name, what governs it, and its table (None: not handled here yet)."""

    profile: Profile
    label: str
    rule: str
    basis: tuple[str, ...]
    machine: Machine | None = None

    @property
    def is_live(self) -> bool:
        return self.machine is not None


_APPLICANT, _OFFICIAL, _MACHINE = (Party.APPLICANT,), (Party.OFFICIAL,), (Party.MACHINE,)
_STAFF = (Party.OFFICIAL, Party.MACHINE)

_LABELS: Mapping[str, str] = {
    State.SUBMITTED: "已收到",
    State.WITH_OFFICIAL: "等待工作人员审查",
    State.RETURNED: "等您补正",
    State.ACCEPTED: "审查中",
    State.APPROVED: "已同意",
    State.REJECTED: "不同意",
    State.ISSUED: "结果已制作",
    State.DELIVERED: "已送达",
    State.CLOSED: "已办结",
    State.HANDED_BACK: "材料已退回",
    State.REFUSED: "不予受理",
    State.WITHDRAWN: "已撤回",
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
        Transition(State.APPROVED, Step.ISSUE, _STAFF, State.ISSUED, approved),
        Transition(State.ISSUED, Step.DELIVER, _STAFF, State.DELIVERED, "送达"),
        Transition(State.REJECTED, Step.DELIVER, _STAFF, State.DELIVERED, "送达决定"),
        Transition(State.DELIVERED, Step.CLOSE, _STAFF, State.CLOSED, "办结"),
        *recheck,
    )


def _before_decision(yes: str, no: str) -> tuple[Transition, ...]:
    """Rule or person: a rule may only say yes; everything else goes to an official."""
    return (
        Transition(State.SUBMITTED, Step.APPROVE, _MACHINE, State.APPROVED, yes, "rule_approved"),
        Transition(State.SUBMITTED, Step.TO_OFFICIAL, _MACHINE, State.WITH_OFFICIAL, "转人工审查"),
        Transition(
            State.SUBMITTED, Step.ASK_FOR_PERSON, _APPLICANT, State.WITH_OFFICIAL, "请人工办理"
        ),
        Transition(State.SUBMITTED, Step.WITHDRAW, _APPLICANT, State.WITHDRAWN, "撤回申请"),
        Transition(State.WITH_OFFICIAL, Step.WITHDRAW, _APPLICANT, State.WITHDRAWN, "撤回申请"),
        Transition(State.ACCEPTED, Step.WITHDRAW, _APPLICANT, State.WITHDRAWN, "撤回申请"),
        Transition(State.ACCEPTED, Step.APPROVE, _OFFICIAL, State.APPROVED, yes),
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
        Transition(State.WITH_OFFICIAL, Step.APPROVE, _OFFICIAL, State.APPROVED, "准予登记"),
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

PROFILES: Mapping[Profile, ProfileRule] = {
    rule.profile: rule
    for rule in (
        ProfileRule(
            Profile.MARKET_REGISTRATION,
            "市场主体登记",
            "只作形式审查；齐全的当场登记，不能当场登记的三个工作日内登记；不齐的退回材料，一次告知。",
            ("市场主体登记管理条例 第十九条", "市场主体登记管理条例实施细则 第十八条"),
            MARKET_REGISTRATION,
        ),
        ProfileRule(
            Profile.BENEFIT,
            "行政给付",
            "按各自的法律和本地规定办理；缺什么一次告知；不批准要书面说明理由。",
            (),
            BENEFIT,
        ),
        ProfileRule(
            Profile.LICENCE,
            "行政许可",
            "缺材料当场或五个工作日内一次告知，逾期不告知的，收到之日即为受理；受理后二十个工作日内决定。",
            ("行政许可法 第三十二条", "行政许可法 第四十二条"),
        ),
        ProfileRule(Profile.CONFIRMATION, "行政确认和公共服务", "按各自的规定或本地承诺办理。", ()),
        ProfileRule(Profile.FILING, "备案", "收到即出具回执，不作实质审查，不使用“批准”字样。", ()),
        ProfileRule(
            Profile.COMMITMENT, "告知承诺", "申请人自愿承诺并交齐材料的当场决定，事后核查。", ()
        ),
    )
}


def machine_of(profile: str) -> Machine | None:
    """A profile's table, None when cases of it are not handled here yet."""
    return PROFILES[Profile(profile)].machine
