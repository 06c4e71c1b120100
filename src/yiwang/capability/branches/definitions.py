"""Kinds, states and opinions of branches, and what readers get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.capability.cases.definitions import CitationRow
from yiwang.capability.cases.definitions.jointly import OnRefusal
from yiwang.kernel.actor import Role
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

#: The clock of a branch; its subject is the branch.
CLOCK: Final = "branch"
#: Who leads a case towards other bodies: whoever examines or decides it.
LEADERS: Final = (Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.HEAD)


class BranchKind(StrEnum):
    BRANCH = "BRANCH"  # 并联: must approve too
    CONSULTATION = "CONSULTATION"  # 征求意见: is asked, the lead weighs the answer
    EXPERT = "EXPERT"  # 专家评审: a special procedure outside the clock (行政许可法 45)


class BranchState(StrEnum):
    OPEN = "OPEN"  # 等答复
    ANSWERED = "ANSWERED"  # 已答复
    CLOSED = "CLOSED"  # 不再需要


class Opinion(StrEnum):
    AGREE = "AGREE"
    AGREE_WITH_CONDITIONS = "AGREE_WITH_CONDITIONS"
    REFUSE = "REFUSE"


class Audience(StrEnum):
    """Through whose eyes a branch is read."""

    LEAD = "LEAD"
    ASKED = "ASKED"
    APPLICANT = "APPLICANT"


class BranchStatus(StrEnum):
    """What a department's list may be narrowed to."""

    WAITING = "WAITING"
    ANSWERED = "ANSWERED"
    ALL = "ALL"


KIND_LABELS: Final[Mapping[str, str]] = {
    BranchKind.BRANCH: "并联审批",
    BranchKind.CONSULTATION: "征求意见",
    BranchKind.EXPERT: "专家评审",
}
_STAFF: Final = (Party.OFFICIAL,)
#: ``asked``: he may answer for the asked body. ``leads``: he examines or decides the case.
#: ``own_question``: the lead asked of itself, no law does (a body that must approve is never left out).
MACHINE: Final = Machine(
    profile="BRANCH",
    version=1,
    initial=BranchState.OPEN,
    labels={
        BranchState.OPEN: "等答复",
        BranchState.ANSWERED: "已经答复",
        BranchState.CLOSED: "不再需要",
    },
    transitions=(
        Transition(BranchState.OPEN, "answer", _STAFF, BranchState.ANSWERED, "答复", "asked"),
        Transition(BranchState.ANSWERED, "ask_again", _STAFF, BranchState.OPEN, "再问", "leads"),
        Transition(BranchState.OPEN, "close", _STAFF, BranchState.CLOSED, "不再等", "own_question"),
        Transition(BranchState.OPEN, "end", (Party.MACHINE,), BranchState.CLOSED, "随办件办结"),
    ),
)
OPINION_LABELS: Final[Mapping[str, str]] = {
    Opinion.AGREE: "同意",
    Opinion.AGREE_WITH_CONDITIONS: "附条件同意",
    Opinion.REFUSE: "不同意",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What another body is asked: the whole input of ``open_branch``.

    ``materials``: what it is shown, None is all. ``question``: "" for a branch of the flow, whose title
    says it.
    """

    kind: BranchKind
    department: str
    department_name: str
    title: str
    basis: str = ""
    local: bool = False
    question: str = ""
    plan: str = ""
    on_refusal: OnRefusal = OnRefusal.LEAD_DECIDES
    roles: tuple[Role, ...] = (Role.APPROVER,)
    materials: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class OpinionView:
    """One answer; ``who`` is its author's name as colleagues know it, "" for the applicant."""

    number: int
    opinion: str
    opinion_label: str
    reasons: str
    conditions: str
    basis: tuple[CitationRow, ...]
    given_at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class BranchFile:
    """A file that came with an opinion."""

    key: str
    filename: str


@dataclass(frozen=True, slots=True)
class BranchView:
    """One branch as this actor may read it. ``acts``: what he may do now."""

    key: str
    reference: str
    kind: str
    kind_label: str
    title: str
    question: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    lead: str
    lead_name: str
    department: str
    department_name: str
    basis: str
    local: bool
    on_refusal: str
    state: str
    state_label: str
    opinion: str
    opinion_label: str
    conditions: str
    version: int
    opened_at: datetime
    answered_at: datetime | None
    closed_reason: str
    materials: tuple[str, ...] | None
    clock: ClockView | None
    opinions: tuple[OpinionView, ...]
    files: tuple[BranchFile, ...]
    audience: str
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartRow:
    """Who has which part of a case, for everybody who may see it. ``tone``: now, good, bad, quiet.

    ``needed`` False: the answers excluded this body, it was never asked.
    """

    department_name: str
    title: str
    state_label: str
    tone: str
    due_on: date | None = None
    answered_on: date | None = None
    conditions: str = ""
    needed: bool = True
    branch: str = ""
