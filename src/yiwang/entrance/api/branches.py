"""Other bodies' parts of a case: who has which, what is asked of ours, our opinion, asking others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from yiwang.capability.branches import queries as branches
from yiwang.capability.branches.definitions import BranchStatus
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CitationRow
from yiwang.capability.journey import together
from yiwang.entrance.api.cases import AnswerOut, CaseMaterialOut, CitedArticleOut
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Citation, Clock, Given, Key, Reason, Short, Words
from yiwang.entrance.shell.access import OFFICIAL, SIGNED_IN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF

router = Router(tags=["并联和意见"])
Version = Annotated[int, Field(ge=0, le=2**31)]
Days = Annotated[int, Field(ge=1, le=60)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Uscc = Annotated[str, StringConstraints(min_length=18, max_length=18)]


class CasePartOut(Schema):
    """Who has which part; ``needed`` false: the answers excluded this body, it was never asked."""

    department_name: str
    title: str
    state_label: str
    tone: str
    due_on: date | None
    answered_on: date | None
    conditions: str
    needed: bool
    branch: str


class BranchOpinionOut(Schema):
    number: int
    opinion: str
    opinion_label: str
    reasons: str
    conditions: str
    basis: list[CitedArticleOut]
    given_at: datetime
    who: str


class BranchFileOut(Schema):
    key: str
    filename: str


class BranchOut(Schema):
    """One branch as the asker may read it: ``audience`` is LEAD, ASKED or APPLICANT."""

    key: str
    kind: str
    kind_label: str
    title: str
    question: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
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
    clock: Clock | None
    opinions: list[BranchOpinionOut]
    files: list[BranchFileOut]
    audience: str
    acts: list[str]


class BranchPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[BranchOut]
    next: str


class SharedCaseOut(Schema):
    """The case behind a branch: personal answers masked, only the materials the branch shows."""

    key: str
    case_no: str
    item_name: str
    state_label: str
    applicant_masked: str
    received_at: datetime
    answers: list[AnswerOut]
    materials: list[CaseMaterialOut]


class BranchCaseOut(Schema):
    branch: BranchOut
    case: SharedCaseOut


class BranchOpinionIn(Given):
    """``reasons`` are needed to refuse, ``conditions`` to agree with conditions."""

    version: Version
    opinion: Literal["AGREE", "AGREE_WITH_CONDITIONS", "REFUSE"]
    reasons: Words = ""
    conditions: Words = ""
    basis: list[Citation] = Field(default_factory=list, max_length=20)


class BranchAgainIn(Given):
    version: Version
    question: Reason
    days: Days


class BranchCloseIn(Given):
    version: Version
    reason: Reason


class ConsultationIn(Given):
    """``materials``: keys of the case's materials the other body is shown."""

    department: Uscc
    title: Title
    question: Reason
    days: Days
    materials: list[Short] = Field(default_factory=list, max_length=100)


class ExpertReviewIn(Given):
    """``version``: the case as the program saw it."""

    version: Version
    title: Title
    question: Reason
    days: Days


@router.get("/cases/{key}/parts", response=list[CasePartOut], summary="各部门办到哪了")
@access(SIGNED_IN, scope="cases:read")
def list_parts(request: HttpRequest, key: Key) -> object:
    """Who beside the lead has which part of a case, until when."""
    actor, at = actor_of(request), moments.now()
    cases.get_case(key, actor, at=at)
    return list(branches.list_parts(key, actor, at=at))


@router.get("/cases/{key}/branches", response=list[BranchOut], summary="办件的并联和意见")
@access(SIGNED_IN, scope="cases:read")
def list_case_branches(request: HttpRequest, key: Key) -> object:
    """The branches of a case; the applicant reads opinions of joint bodies and their conditions only."""
    actor, at = actor_of(request), moments.now()
    cases.get_case(key, actor, at=at)
    return list(branches.list_case_branches(key, actor, at=at))


@router.get("/branches", response=BranchPageOut, summary="等我们答复的")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:read")
def list_branches(
    request: HttpRequest,
    status: BranchStatus = BranchStatus.WAITING,
    after: Annotated[str, Query(max_length=16)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """What other bodies ask of ours: waiting oldest first, the rest newest first."""
    return branches.list_branches(
        actor_of(request), at=moments.now(), status=status, after=after, limit=limit
    )


@router.get("/branches/{key}", response=BranchCaseOut, summary="一份并联或意见")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:read")
def get_branch(request: HttpRequest, key: Key) -> object:
    """What is asked, and the case behind it as far as it is needed."""
    return together.get_branch_case(key, actor_of(request), at=moments.now())


@router.post("/branches/{key}/answer", response=BranchOut, summary="答复")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def answer(request: HttpRequest, key: Key, body: BranchOpinionIn) -> object:
    """Agree, agree with conditions, or refuse with reasons; two at once: the second gets 409."""
    return together.answer_branch(
        key=key,
        version=body.version,
        opinion=body.opinion,
        reasons=body.reasons,
        conditions=body.conditions,
        basis=[CitationRow(cited.law, cited.article) for cited in body.basis],
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/branches/{key}/ask-again", response=BranchOut, summary="再问")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def ask_again(request: HttpRequest, key: Key, body: BranchAgainIn) -> object:
    """The lead asks once more because something changed; the opinion before stays on record."""
    return together.ask_branch_again(
        key=key,
        version=body.version,
        question=body.question,
        days=body.days,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/branches/{key}/close", response=BranchOut, summary="不再等")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def close(request: HttpRequest, key: Key, body: BranchCloseIn) -> object:
    """The lead no longer waits for what it asked of itself; never for a body that must approve."""
    return together.close_branch(
        key=key,
        version=body.version,
        reason=body.reason,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/consultations", response={201: BranchOut}, summary="征求意见")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def open_consultation(request: HttpRequest, key: Key, body: ConsultationIn) -> object:
    """Ask another body for its opinion, with a limit; the case is not approved before it answers."""
    opened = together.open_consultation(
        case_key=key,
        department=body.department,
        title=body.title,
        question=body.question,
        days=body.days,
        materials=body.materials,
        actor=actor_of(request),
        at=moments.now(),
    )
    return Status(201, opened)


@router.post("/cases/{key}/expert-reviews", response={201: BranchOut}, summary="专家评审")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def open_expert_review(request: HttpRequest, key: Key, body: ExpertReviewIn) -> object:
    """Begin an expert review: the clock of the case stands until the opinion is recorded."""
    opened = together.open_expert_review(
        case_key=key,
        version=body.version,
        title=body.title,
        question=body.question,
        days=body.days,
        actor=actor_of(request),
        at=moments.now(),
    )
    return Status(201, opened)
