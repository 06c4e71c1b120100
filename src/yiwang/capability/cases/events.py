"""What cases announce. The subject is always the case's reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent(Event):
    """What every case event carries, so that listeners rarely ask back."""

    case_no: str
    item_code: str
    item_version: int
    profile: str
    applicant: str
    division_code: str
    department: str
    version: int
    post: str = ""  # 岗位 by which an official took the step


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSubmitted(CaseEvent):
    """The applicant handed in."""

    name: ClassVar[str] = "cases.case_submitted"
    instant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedToOfficial(CaseEvent):
    """No rule said yes: an official looks."""

    name: ClassVar[str] = "cases.passed_to_official"
    instant: bool = True  # was a rule expected to decide? True also where an old fact does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAskedFor(CaseEvent):
    """The applicant wants a person instead of, or behind, the rule."""

    name: ClassVar[str] = "cases.person_asked_for"
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAnswered(CaseEvent):
    """An official looked at what a rule had decided."""

    name: ClassVar[str] = "cases.person_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccepted(CaseEvent):
    """The body took the case up."""

    name: ClassVar[str] = "cases.case_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReturned(CaseEvent):
    """Told once what is missing."""

    name: ClassVar[str] = "cases.case_returned"
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCorrected(CaseEvent):
    """The applicant supplied what was missing."""

    name: ClassVar[str] = "cases.case_corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHandedBack(CaseEvent):
    """Materials handed back, told once; to be applied for anew."""

    name: ClassVar[str] = "cases.case_handed_back"
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRefused(CaseEvent):
    """Not accepted, with reasons."""

    name: ClassVar[str] = "cases.case_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecided(CaseEvent):
    """Approved or rejected; ``by_rule``: by a decision table, never a rejection."""

    name: ClassVar[str] = "cases.case_decided"
    outcome: str
    by_rule: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseIssued(CaseEvent):
    """The result exists. ``result``: its reference."""

    name: ClassVar[str] = "cases.case_issued"
    result_kind: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDelivered(CaseEvent):
    """The result or the decision reached the applicant."""

    name: ClassVar[str] = "cases.case_delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(CaseEvent):
    """The end."""

    name: ClassVar[str] = "cases.case_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWithdrawn(CaseEvent):
    """Taken back by the applicant."""

    name: ClassVar[str] = "cases.case_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionAsked(CaseEvent):
    """The examiner asks the head of the body for more time."""

    name: ClassVar[str] = "cases.extension_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionGranted(CaseEvent):
    """The head approved more time; the applicant is told in writing."""

    name: ClassVar[str] = "cases.extension_granted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionDeclined(CaseEvent):
    """The head did not approve more time."""

    name: ClassVar[str] = "cases.extension_declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRevoked(CaseEvent):
    """A person disagreed with a rule's decision; ``result``: what it had led to."""

    name: ClassVar[str] = "cases.decision_revoked"
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionOverdue(CaseEvent):
    """The time to mend is over; an official goes on."""

    name: ClassVar[str] = "cases.correction_overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedBySilence(CaseEvent):
    """Nothing was said in five working days: accepted from the day of receipt, by the clock."""

    name: ClassVar[str] = "cases.accepted_by_silence"
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewedBySilence(CaseEvent):
    """No decision by the end of the old term: renewed, by the clock."""

    name: ClassVar[str] = "cases.renewed_by_silence"
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNotOurs(CaseEvent):
    """No licence is needed, or another body's matter: told where to turn."""

    name: ClassVar[str] = "cases.case_not_ours"
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTransferred(CaseEvent):
    """Passed on to the body whose matter it is; the day of receipt stays."""

    name: ClassVar[str] = "cases.case_transferred"
    from_department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseForwarded(CaseEvent):
    """Signed and passed on along the chain."""

    name: ClassVar[str] = "cases.case_forwarded"
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSentBack(CaseEvent):
    """Sent back to the step before, with an opinion."""

    name: ClassVar[str] = "cases.case_sent_back"
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialBegun(CaseEvent):
    """A stretch outside the clock began, told in writing."""

    name: ClassVar[str] = "cases.special_begun"
    kind: str
    expected_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialEnded(CaseEvent):
    """A stretch outside the clock is over."""

    name: ClassVar[str] = "cases.special_ended"
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTerminated(CaseEvent):
    """Ended without a decision, with reasons."""

    name: ClassVar[str] = "cases.case_terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRevoked(CaseEvent):
    """The body took its own decision back (行政许可法 69). ``result``: what it had led to."""

    name: ClassVar[str] = "cases.case_revoked"
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened(CaseEvent):
    """Taken up anew after a review or a judgment."""

    name: ClassVar[str] = "cases.case_reopened"
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksCleared(CaseEvent):
    """Nothing keeps the case from approval (``stage`` DECISION) or its result from issue any more."""

    name: ClassVar[str] = "cases.blocks_cleared"
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPublished(Event):
    """An item version's flow was frozen."""

    name: ClassVar[str] = "cases.flow_published"
    item_code: str
    item_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNearlyDue(CaseEvent):
    """A clock that binds the body is nearly over; ``official``: who goes on with the case, or ""."""

    name: ClassVar[str] = "cases.case_nearly_due"
    clock: str
    due_on: str
    basis: str
    official: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLate(CaseEvent):
    """A clock that binds the body ran out; ``basis``: the article it stands on."""

    name: ClassVar[str] = "cases.case_late"
    clock: str
    due_on: str
    basis: str
    official: str
