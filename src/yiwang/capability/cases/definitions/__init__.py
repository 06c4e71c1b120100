"""The plain values of cases: what is handed in and what is shown. Profiles and flows lie beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.rulings.definitions import Ruling


class Outcome(StrEnum):
    """How a case was decided."""

    APPROVE = "APPROVE"
    REJECT = "REJECT"


class ClockKind(StrEnum):
    """The clocks of a case."""

    ACCEPT = "accept"  # from the day of receipt: to say whether it is accepted
    SUPPLY = "supply"  # how long the applicant has to mend
    DECIDE = "decide"  # from acceptance (licences) or receipt, to the decision
    DELIVER = "deliver"  # from the decision, to the result in hand


class CaseStatus(StrEnum):
    """What a list may be narrowed to."""

    ALL = "ALL"
    OPEN = "OPEN"
    WAITING_FOR_OFFICIAL = "WAITING_FOR_OFFICIAL"
    WAITING_FOR_APPLICANT = "WAITING_FOR_APPLICANT"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list shows; empty values do not narrow."""

    status: CaseStatus = CaseStatus.ALL
    item_code: str = ""
    case_no: str = ""
    person_asked: bool = False


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answered question as the applicant saw it, and where the value came from."""

    label: str
    value: str
    source: str = ""
    field: str = ""
    step_title: str = ""
    sensitive: bool = False
    masked: str = ""
    checked: str = ""  # what the register said about the person or firm named


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One material of the case: uploaded (``file_key``), fetched (``source``) or promised."""

    key: str
    name: str
    state: str
    source: str = ""
    file_key: str = ""
    filename: str = ""
    label: str = ""  # how it came, in the applicant's words
    verified: str = ""  # which body verified it, and when
    told: str = ""  # what a register said instead of a paper; for those who see the case unmasked


@dataclass(frozen=True, slots=True)
class Application:
    """What was handed in, frozen: the whole input of ``open_case``."""

    draft_key: str
    item_code: str
    item_version: int
    item_name: str
    profile: str
    instant: bool
    division_code: str
    department: str
    department_name: str
    applicant_name: str
    applicant_masked: str
    answers: Mapping[str, object]
    answer_rows: tuple[AnswerRow, ...] = ()
    result_kind: str = "DOCUMENT"
    result_label: str = "决定书"
    review_body: str = ""
    channel: str = "WEB"
    by_person: bool = False
    body: str = ""  # whose name and seal decide, when not the department's that handles it
    body_name: str = ""
    earlier: str = ""  # the licence this application acts on
    effect: str = ""  # and what it does to it, an ``Effect``
    silence_at: datetime | None = None  # from here on no decision means yes
    acts_on: str = ""  # the first version of that licence


@dataclass(frozen=True, slots=True)
class CaseBrief:
    """What a case is and whose, for lists of other things that name it."""

    key: str
    case_no: str
    item_name: str
    applicant: str
    division_code: str
    department: str
    department_name: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant holds after handing in."""

    case_key: str
    case_no: str
    item_name: str
    received_at: datetime
    answer_by: date | None
    provisional: bool
    next_step: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something this actor may do now."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened."""

    at: datetime
    label: str
    who: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """One box of the step map; ``state``: DONE, NOW, AHEAD, SKIPPED."""

    label: str
    state: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class CitationRow:
    """One article a decision stands on."""

    law: str
    article: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class DecisionView:
    """The decision with its reasons and the ways to challenge it."""

    outcome: str
    outcome_label: str
    decided_at: datetime
    by_rule: bool
    reason: str
    conditions: str
    basis: tuple[CitationRow, ...]
    appeal: tuple[str, ...]
    explanation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultView:
    """What came out: its kind and the key under which its module knows it."""

    kind: str
    reference: str
    label: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A letter about the case."""

    key: str
    kind: str
    title: str
    state: str
    at: datetime
    opened_at: datetime | None = None  # when the applicant first opened it
    receipt: str = ""  # the 送达回证 under which it was handed over on paper
    seal_wait: str = ""  # why it has no seal yet


class Stage(StrEnum):
    """What an open block keeps from happening."""

    DECISION = "DECISION"  # approval; a rejection is never blocked
    ISSUE = "ISSUE"  # the making of the result after an approval


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One thing that keeps a case from approval or its result from being issued.

    ``reason``: a reference such as ``branch:<key>``; ``label``: what the official reads.
    """

    stage: str
    reason: str
    label: str


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """What one who signs wrote: where in the chain, which act, what he proposed."""

    place: str
    place_label: str
    act: str
    proposal: str
    text: str
    who: str
    at: datetime
    post: str = ""  # 岗位 he signed by


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """One phrase an official keeps."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class SpecialRow:
    """One stretch outside the clock."""

    key: str
    kind: str
    label: str
    reason: str
    began_at: datetime
    expected_on: date
    ended_at: datetime | None
    finding: str


class NotOurs(StrEnum):
    """Why a matter is not taken up here (行政许可法 32 (1), (2))."""

    NOT_NEEDED = "NOT_NEEDED"  # no licence is needed for it
    NOT_THIS_BODY = "NOT_THIS_BODY"  # another body's; told which


class Ground(StrEnum):
    """What makes a body decide anew."""

    REVIEW = "REVIEW"  # 行政复议决定
    COURT = "COURT"  # 法院判决


GROUND_LABELS: Mapping[str, str] = {Ground.REVIEW: "行政复议决定", Ground.COURT: "法院裁判"}


class Manner(StrEnum):
    """How a result reached the applicant."""

    ELECTRONIC = "ELECTRONIC"
    WINDOW = "WINDOW"
    COURIER = "COURIER"


MANNER_LABELS: Mapping[str, str] = {
    Manner.ELECTRONIC: "电子送达",
    Manner.WINDOW: "窗口领取",
    Manner.COURIER: "邮寄",
}


@dataclass(frozen=True, slots=True)
class DeliveryProof:
    """送达回证: how, into whose hands, how it was known to be them, the courier's number."""

    manner: Manner
    receiver: str
    checked: str = ""
    tracking: str = ""
    remark: str = ""


class HolderKind(StrEnum):
    """Who can have a case."""

    APPLICANT = "APPLICANT"
    DEPARTMENT = "DEPARTMENT"
    SPECIAL = "SPECIAL"  # 特别程序
    MACHINE = "MACHINE"


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who has a case now: ``holder`` is a reference or a USCC, ``label`` its name for people."""

    kind: HolderKind
    holder: str
    label: str


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of the time account. ``ended_at`` None: it runs; ``share``: of the whole, 0 to 1."""

    kind: str
    label: str
    began_at: datetime
    ended_at: datetime | None
    working_days: int
    share: float


@dataclass(frozen=True, slots=True)
class Total:
    """What one holder's spans come to."""

    kind: str
    label: str
    working_days: int
    share: float


@dataclass(frozen=True, slots=True)
class TimeAccount:
    """时间账: who held the case how long, open to its applicant."""

    spans: tuple[Span, ...]
    totals: tuple[Total, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list: masked."""

    key: str
    case_no: str
    item_code: str
    item_name: str
    state: str
    state_label: str
    version: int
    applicant_masked: str
    division_code: str
    department: str
    department_name: str
    received_at: datetime
    headline: str
    person_asked: bool
    clock: ClockView | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case as this actor may see it."""

    key: str
    reference: str
    case_no: str
    item_code: str
    item_version: int
    item_name: str
    profile: str
    state: str
    state_label: str
    version: int
    applicant: str
    applicant_name: str
    applicant_masked: str
    on_behalf_of: str
    division_code: str
    department: str
    department_name: str
    received_at: datetime
    headline: str
    holder: str
    instant: bool
    correction: tuple[str, ...]
    clocks: tuple[ClockView, ...]
    acts: tuple[Act, ...]
    timeline: tuple[TimelineRow, ...]
    steps: tuple[StepView, ...]
    answers: tuple[AnswerRow, ...]
    answer_values: Mapping[str, object]
    materials: tuple[MaterialRow, ...]
    documents: tuple[DocumentRow, ...]
    rulings: tuple[Ruling, ...]
    decision: DecisionView | None
    result: ResultView | None
    draft_key: str = ""
    in_charge: bool = True
    blocks: tuple[BlockRow, ...] = ()
    time_account: TimeAccount | None = None
    opinions: tuple[OpinionRow, ...] = ()
    special: tuple[SpecialRow, ...] = ()
    deemed: bool = False
    silence_at: datetime | None = None
    body_name: str = ""
    delivered_by: str = ""
    handed_in_by: str = ""  # who did it for the applicant
    earlier: str = ""  # the licence it would change, extend or end
    decided: bool = False  # a decision stands
    ended: bool = False
