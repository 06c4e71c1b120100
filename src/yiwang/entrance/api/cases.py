"""Cases: whoever may see them reads; the applicant answers, asks for a person, withdraws."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yiwang.capability import journey
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseFilter, CaseStatus
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Clock, Given, Key, Short
from yiwang.entrance.shell.access import CITIZEN, OFFICIAL, SIGNED_IN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF

router = Router(tags=["办件"])
Version = Annotated[int, Field(ge=0, le=2**31)]
_STAFF = CASE_STAFF


class CaseRowOut(Schema):
    key: str
    case_no: str
    item_code: str
    item_name: str
    state: str
    state_label: str
    version: int
    applicant_masked: str
    division_code: str
    department_name: str
    received_at: datetime
    headline: str
    person_asked: bool
    clock: Clock | None


class CasePageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[CaseRowOut]
    next: str


class ActOut(Schema):
    name: str
    label: str


class TimelineOut(Schema):
    at: datetime
    label: str
    who: str
    detail: str


class StepOut(Schema):
    label: str
    state: str
    on: date | None


class AnswerOut(Schema):
    label: str
    value: str
    source: str
    field: str
    checked: str


class CaseMaterialOut(Schema):
    key: str
    name: str
    state: str
    source: str
    file_key: str
    filename: str
    label: str
    verified: str
    told: str


class DocumentOut(Schema):
    """``opened_at``: the applicant's first look; ``receipt``: key of the letter that proves service;
    ``seal_wait``: why it has no seal yet."""

    key: str
    kind: str
    title: str
    state: str
    at: datetime
    opened_at: datetime | None
    receipt: str
    seal_wait: str


class CitedArticleOut(Schema):
    law: str
    article: str
    text: str


class DecisionOut(Schema):
    outcome: str
    outcome_label: str
    decided_at: datetime
    by_rule: bool
    reason: str
    conditions: str
    basis: list[CitedArticleOut]
    appeal: list[str]
    explanation: list[str]


class ResultOut(Schema):
    kind: str
    reference: str
    label: str


class BlockOut(Schema):
    stage: str
    reason: str
    label: str


class SpanOut(Schema):
    kind: str
    label: str
    began_at: datetime
    ended_at: datetime | None
    working_days: int
    share: float


class TotalOut(Schema):
    kind: str
    label: str
    working_days: int
    share: float


class TimeAccountOut(Schema):
    """时间账: who held the case how long."""

    spans: list[SpanOut]
    totals: list[TotalOut]
    sentence: str


class OpinionOut(Schema):
    """签批意见: for the officials of the case only."""

    place: str
    place_label: str
    act: str
    proposal: str
    text: str
    who: str
    post: str
    at: datetime


class SpecialOut(Schema):
    """特别程序: a stretch outside the clock."""

    kind: str
    label: str
    reason: str
    began_at: datetime
    expected_on: date
    ended_at: datetime | None
    finding: str


class CaseOut(Schema):
    """One case as the asker may see it; personal answers are masked for everybody but the applicant."""

    key: str
    case_no: str
    item_code: str
    item_version: int
    item_name: str
    profile: str
    state: str
    state_label: str
    version: int
    applicant_masked: str
    division_code: str
    department: str
    department_name: str
    received_at: datetime
    headline: str
    holder: str
    instant: bool
    correction: list[str]
    clocks: list[Clock]
    acts: list[ActOut]
    timeline: list[TimelineOut]
    steps: list[StepOut]
    answers: list[AnswerOut]
    materials: list[CaseMaterialOut]
    documents: list[DocumentOut]
    decision: DecisionOut | None
    result: ResultOut | None
    in_charge: bool
    blocks: list[BlockOut]
    time_account: TimeAccountOut | None
    opinions: list[OpinionOut]
    special: list[SpecialOut]
    deemed: bool
    silence_at: datetime | None
    body_name: str
    delivered_by: str


class SeenIn(Given):
    """``version``: the case as the program saw it; 409 when it has changed since."""

    version: Version


class SuppliedIn(SeenIn):
    answers: Annotated[dict[Short, Any], Field(max_length=300)]


@router.get("/cases", response=CasePageOut, summary="办件列表")
@access(SIGNED_IN, scope="cases:read")
def list_cases(
    request: HttpRequest,
    status: CaseStatus = CaseStatus.ALL,
    item_code: Annotated[str, Query(max_length=100)] = "",
    case_no: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """My cases, or for an official those of my division and department."""
    wanted = CaseFilter(status=status, item_code=item_code, case_no=case_no)
    actor = actor_of(request)
    return cases.list_cases(actor, at=moments.now(), filter=wanted, after=after, limit=limit)


@router.get("/cases/{key}", response=CaseOut, summary="办件")
@access(SIGNED_IN, scope="cases:read")
def get_case(request: HttpRequest, key: Key) -> object:
    """One case the asker may see."""
    actor, at = actor_of(request), moments.now()
    if actor.mandate is not None:
        return case_actions.read_case(case_key=key, actor=actor, at=at)
    return cases.get_case(key, actor, at=at)


@router.get("/cases/{key}/unmasked", response=CaseOut, summary="办件（不遮挡，记入“谁看过”）")
@access(OFFICIAL, roles=_STAFF, scope="desk:read")
def read_case(request: HttpRequest, key: Key) -> object:
    """The same with personal answers in clear; the applicant sees that it was opened, and by whom."""
    return case_actions.read_case(case_key=key, actor=actor_of(request), at=moments.now())


@router.post("/cases/{key}/withdraw", response=CaseOut, summary="撤回")
@access(CITIZEN, scope="cases:write")
def withdraw(request: HttpRequest, key: Key, body: SeenIn) -> object:
    """Take my application back before it is decided."""
    return journey.withdraw(
        case_key=key, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post("/cases/{key}/ask-for-person", response=CaseOut, summary="请人工办理")
@access(CITIZEN, scope="cases:write")
def ask_for_person(request: HttpRequest, key: Key, body: SeenIn) -> object:
    """Refuse a machine-only decision: an official takes the case, or looks again at what was decided."""
    return journey.ask_for_person(
        case_key=key, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post("/cases/{key}/supply-correction", response=CaseOut, summary="补正")
@access(CITIZEN, scope="cases:write")
def supply_correction(request: HttpRequest, key: Key, body: SuppliedIn) -> object:
    """Supply what the correction notice asked for."""
    return journey.supply_correction(
        case_key=key,
        version=body.version,
        answers=body.answers,
        actor=actor_of(request),
        at=moments.now(),
    )
