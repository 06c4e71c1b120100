"""Visits on the spot: planning, recording, photographs, signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, BinaryIO, Literal, cast

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema, Status, UploadedFile
from pydantic import AwareDatetime, Field

from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import together
from yiwang.capability.journey.together import Sent
from yiwang.capability.visits import queries as visits
from yiwang.capability.visits.definitions import (
    OFFICERS,
    Answer,
    Position,
    Record,
    VisitStatus,
)
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Clock, Given, Key, Reason, Short
from yiwang.entrance.shell.access import OFFICIAL, SIGNED_IN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import IMAGES

router = Router(tags=["现场核查"])
Version = Annotated[int, Field(ge=0, le=2**31)]
Note = Annotated[str, Field(max_length=1000)]
Reference = Annotated[str, Field(max_length=80)]


class PositionOut(Schema):
    latitude: float
    longitude: float
    accuracy: float


class PhotographOut(Schema):
    file_key: str
    number: int
    taken_at: datetime
    position: PositionOut | None
    who: str


class PointOut(Schema):
    key: str
    text: str
    article: str
    finding: str
    finding_label: str
    note: str
    photographs: list[PhotographOut]


class OfficerOut(Schema):
    reference: str
    name: str
    signed_at: datetime | None


class VisitOut(Schema):
    """One visit; the applicant reads findings and result once it is done."""

    key: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    department_name: str
    number: int
    reason: str
    state: str
    state_label: str
    basis: str
    local: bool
    planned_at: datetime | None
    place: str
    officers: list[OfficerOut]
    points: list[PointOut]
    result: str
    result_label: str
    remarks: str
    present: str
    statement: str
    skipped_because: str
    version: int
    opened_at: datetime
    done_at: datetime | None
    clock: Clock | None
    acts: list[str]


class VisitRowOut(Schema):
    key: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    state: str
    state_label: str
    planned_at: datetime | None
    officers: list[OfficerOut]
    result: str
    version: int
    clock: Clock | None


class VisitPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[VisitRowOut]
    next: str


class ColleagueOut(Schema):
    reference: str
    name: str


class PlanIn(Given):
    """``officers``: two or more different colleagues, by reference."""

    version: Version
    planned_at: AwareDatetime
    place: Annotated[str, Field(min_length=1, max_length=200)]
    officers: Annotated[list[Reference], Field(min_length=2, max_length=6)]


class FindingIn(Given):
    finding: Literal["", "MEETS", "FAILS", "NOT_APPLICABLE"]
    note: Note = ""


class RecordIn(Given):
    """``sign``: also stand for it; then every point and the result must be there."""

    version: Version
    answers: Annotated[dict[Short, FindingIn], Field(max_length=200)]
    result: Literal["", "CONFORMS", "DOES_NOT_CONFORM"] = ""
    remarks: Note = ""
    present: Note = ""
    statement: Note = ""
    sign: bool = False


class VisitSeenIn(Given):
    version: Version


class SkipIn(Given):
    version: Version
    reason: Reason


class WantIn(Given):
    reason: Annotated[str, Field(min_length=2, max_length=200)]


@router.get("/cases/{key}/visits", response=list[VisitRowOut], summary="办件的现场核查")
@access(SIGNED_IN, scope="cases:read")
def list_case_visits(request: HttpRequest, key: Key) -> object:
    """The visits of a case, oldest first."""
    actor, at = actor_of(request), moments.now()
    cases.get_case(key, actor, at=at)
    return list(visits.list_case_visits(key, actor, at=at))


@router.post("/cases/{key}/visits", response={201: VisitOut}, summary="要现场核查")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def want_visit(request: HttpRequest, key: Key, body: WantIn) -> object:
    """An official finds a visit necessary, or one more."""
    wanted = together.want_visit(
        case_key=key, reason=body.reason, actor=actor_of(request), at=moments.now()
    )
    return Status(201, wanted)


@router.get("/visits", response=VisitPageOut, summary="核查列表")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:read")
def list_visits(
    request: HttpRequest,
    status: VisitStatus = VisitStatus.MINE,
    after: Annotated[str, Query(max_length=16)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """The visits I am sent to, those to plan, those of our body."""
    return visits.list_visits(
        actor_of(request), at=moments.now(), status=status, after=after, limit=limit
    )


@router.get("/visits/{key}", response=VisitOut, summary="一次核查")
@access(SIGNED_IN, scope="cases:read")
def get_visit(request: HttpRequest, key: Key) -> object:
    """One visit; an official's opening of it is written down."""
    return together.read_visit(key, actor_of(request), at=moments.now())


@router.get("/visits/{key}/colleagues", response=list[ColleagueOut], summary="可以指派谁")
@access(OFFICIAL, roles=OFFICERS, scope="desk:read")
def list_colleagues(request: HttpRequest, key: Key) -> object:
    """Who of our body may be sent to this visit."""
    return list(visits.list_colleagues(key, actor_of(request), at=moments.now()))


@router.post("/visits/{key}/plan", response=VisitOut, summary="安排核查")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def plan(request: HttpRequest, key: Key, body: PlanIn) -> object:
    """Day, place and two officers or more; the applicant is told."""
    return together.plan_visit(
        key=key,
        version=body.version,
        planned_at=body.planned_at,
        place=body.place,
        officers=body.officers,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/visits/{key}/record", response=VisitOut, summary="记录核查")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def record(request: HttpRequest, key: Key, body: RecordIn) -> object:
    """Keep what was found, unfinished or not; with ``sign`` also stand for it."""
    return together.record_visit(
        key=key,
        version=body.version,
        record=Record(
            {point: Answer(given.finding, given.note) for point, given in body.answers.items()},
            body.result,
            body.remarks,
            body.present,
            body.statement,
        ),
        sign=body.sign,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/visits/{key}/photographs", response={201: VisitOut}, summary="现场照片")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def add_photograph(
    request: HttpRequest,
    key: Key,
    file: File[UploadedFile],
    point: Form[str] = "",
    taken_at: Form[AwareDatetime | None] = None,
    latitude: Form[Annotated[float, Field(ge=-90, le=90)] | None] = None,
    longitude: Form[Annotated[float, Field(ge=-180, le=180)] | None] = None,
    accuracy: Form[Annotated[float, Field(ge=0, le=1_000_000)] | None] = None,
) -> object:
    """One photograph with when and where it was taken, as the device says."""
    actor, at = actor_of(request), moments.now()
    if "record" not in visits.get_visit(key, actor, at=at).acts:
        raise NotFound
    stored = files.store(
        data=cast(BinaryIO, file.file), filename=file.name or "", actor=actor, at=at, accept=IMAGES
    )
    where = None
    if latitude is not None and longitude is not None:
        where = Position(latitude, longitude, accuracy or 0.0)
    sent = Sent(stored, point, taken_at or at, where)
    return Status(201, together.add_photograph(key=key, photograph=sent, actor=actor, at=at))


@router.post("/visits/{key}/sign", response=VisitOut, summary="签字确认")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def sign(request: HttpRequest, key: Key, body: VisitSeenIn) -> object:
    """The other officer has read the record and stands for it too."""
    return together.sign_visit(
        key=key, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post("/visits/{key}/skip", response=VisitOut, summary="免于核查")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def skip(request: HttpRequest, key: Key, body: SkipIn) -> object:
    """Do without, where the flow allows it."""
    return together.skip_visit(
        key=key,
        version=body.version,
        reason=body.reason,
        actor=actor_of(request),
        at=moments.now(),
    )
