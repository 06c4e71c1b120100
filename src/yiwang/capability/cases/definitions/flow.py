"""A pack's ``flow.yaml``: how the cases of one item version go, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yiwang.capability.cases.definitions import CitationRow
from yiwang.capability.cases.definitions.jointly import BranchPlan, VisitPlan, When
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.mechanisms.clocks.definitions import Allowance


class Derived(StrEnum):
    """What a table may be asked with instead of the value itself."""

    AGE = "AGE"  # 周岁: completed years on the day the application was received
    DIVISION = "DIVISION"  # the code as it is, said by its name


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """One mistake in ``flow.yaml``: where and what to mend."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RuleInput:
    """Where one input of the decision table comes from: exactly one of answer and provider.

    ``parameters``: for a provider, parameter name → ``answer:<field>`` or ``text:<words>``.
    ``derived``: AGE turns a date into completed years.
    """

    name: str
    label: str
    answer: str = ""
    provider: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    derived: Derived | None = None


@dataclass(frozen=True, slots=True)
class RulingPlan:
    """Which decision table decides at once (``rules/<table>.json``), and what it is asked with.

    ``about``: the answer field that names the person the sources are asked about; "" the applicant.
    """

    table: str
    inputs: tuple[RuleInput, ...]
    about: str = ""


class ChainStep(StrEnum):
    """签批链: who signs, in this order; the last one decides."""

    HANDLE = "HANDLE"  # 承办
    REVIEW = "REVIEW"  # 审核
    APPROVE = "APPROVE"  # 批准


PLACE_LABELS: Mapping[str, str] = {
    ChainStep.HANDLE: "承办",
    ChainStep.REVIEW: "审核",
    ChainStep.APPROVE: "批准",
}


class Special(StrEnum):
    """特别程序: what alone stands outside the clock (行政许可法 45); a site visit does not."""

    HEARING = "HEARING"
    TENDER = "TENDER"
    AUCTION = "AUCTION"
    INSPECTION = "INSPECTION"
    TEST = "TEST"
    QUARANTINE = "QUARANTINE"
    APPRAISAL = "APPRAISAL"
    EXPERT_REVIEW = "EXPERT_REVIEW"


SPECIAL_LABELS: Mapping[str, str] = {
    Special.HEARING: "听证",
    Special.TENDER: "招标",
    Special.AUCTION: "拍卖",
    Special.INSPECTION: "检验",
    Special.TEST: "检测",
    Special.QUARANTINE: "检疫",
    Special.APPRAISAL: "鉴定",
    Special.EXPERT_REVIEW: "专家评审",
}


class Silence(StrEnum):
    """What no decision in time means."""

    RENEWED = "RENEWED"  # 行政许可法 50: renewed at the moment the old term ends


@dataclass(frozen=True, slots=True)
class AcceptancePlan:
    """How an application is taken up: until when to say something, what silence means, who may.

    ``within`` None: no limit of its own, the clock of the decision has run since the receipt.
    """

    within: Allowance | None = None
    deemed: bool = False
    at_window: bool = True
    basis: str = ""


@dataclass(frozen=True, slots=True)
class ExtensionPlan:
    """How much longer, once, with the head's approval; in the unit of the decision's limit."""

    amount: int
    basis: str


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """Until when the result is handed over. ``chosen``: the answer that says how, "" electronically."""

    within: Allowance
    basis: str
    chosen: str = ""


class Effect(StrEnum):
    """What an application does to an earlier licence of the same applicant."""

    RENEW = "RENEW"  # 延续: a new term from the end of the old one (行政许可法 50)
    PROLONG = "PROLONG"  # 延期: the same term made longer
    CHANGE = "CHANGE"  # 变更: what it states changes, the term stays (行政许可法 49)
    CANCEL = "CANCEL"  # 注销: it ends (行政许可法 70)


EFFECT_LABELS: Mapping[str, str] = {
    Effect.RENEW: "延续",
    Effect.PROLONG: "延期",
    Effect.CHANGE: "变更",
    Effect.CANCEL: "注销",
}


@dataclass(frozen=True, slots=True)
class EarlierAct:
    """One thing to do to an earlier licence. ``when``: question → answers; empty: always.

    ``ask_before``: asked for in time, so long before its end; ``ask_from``: and no earlier than that.
    """

    effect: Effect
    basis: str
    when: When = field(default_factory=dict)
    ask_before: Allowance | None = None
    ask_from: Allowance | None = None

    def is_asked(self, questions: Mapping[str, str]) -> bool:
        """Did the applicant choose this? Unlike materials, an open question chooses nothing."""
        return all(questions.get(key, "") in values for key, values in self.when.items())


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """What the law does not have for such a licence, and why: said to its holder."""

    effect: Effect
    why: str
    basis: str


@dataclass(frozen=True, slots=True)
class EarlierPlan:
    """Which answer names the earlier licence, and what may be done to it."""

    licence: str
    acts: tuple[EarlierAct, ...]
    without: tuple[NotNeeded, ...] = ()

    def find_act(self, questions: Mapping[str, str]) -> EarlierAct | None:
        """What was asked for; None: a new licence."""
        return next((act for act in self.acts if act.is_asked(questions)), None)


@dataclass(frozen=True, slots=True)
class TermPlan:
    """Which answers say the first and the last day of what is granted; "" the usual."""

    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class ConditionPlan:
    """附条件: one condition a yes carries unless the official who decides says otherwise."""

    text: str
    basis: str = ""
    local: bool = False
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InNameOf:
    """行政许可法 24: whoever handles it, the body that delegated decides in its own name and seal."""

    department: str
    department_name: str
    basis: str


@dataclass(frozen=True, slots=True)
class Flow:
    """How cases of one item version go.

    ``values``: what the licence or entitlement says → its source, one of ``answer:<field>``,
    ``output:<field>`` (of the ruling), ``case:<fact>``, ``text:<words>``. ``conditions``: what a yes
    carries unless the official says otherwise.
    """

    profile: str
    instant: bool
    decide_within: Allowance
    decide_basis: str
    local: bool
    ruling: RulingPlan | None
    values: Mapping[str, str] = field(default_factory=dict)
    approve_basis: tuple[CitationRow, ...] = ()
    reject_basis: tuple[CitationRow, ...] = ()
    acceptance: AcceptancePlan = AcceptancePlan()
    chain: tuple[ChainStep, ...] = (ChainStep.APPROVE,)
    extension: ExtensionPlan | None = None
    special: tuple[Special, ...] = ()
    delivery: DeliveryPlan | None = None
    silence: Silence | None = None
    earlier: EarlierPlan | None = None
    term: TermPlan = TermPlan()
    conditions: tuple[ConditionPlan, ...] = ()
    in_name_of: InNameOf | None = None
    branches: tuple[BranchPlan, ...] = ()
    visit: VisitPlan | None = None
    from_receipt: bool = False  # decided at once on a promise: both clocks run from the receipt

    @property
    def decided_from_acceptance(self) -> bool:
        """行政许可法 42: the days of a licence's decision run from acceptance, others from receipt."""
        if self.from_receipt:
            return False
        return self.acceptance.within is not None and self.profile in (
            Profile.LICENCE,
            Profile.COMMITMENT,
        )


def table_code(item_code: str, table: str) -> str:
    """The code a pack's decision table is published under; its version is the item's version."""
    return f"{item_code}/{table}"
