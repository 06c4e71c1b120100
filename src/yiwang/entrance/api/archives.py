"""电子档案: packages, their tests, hand-overs and destructions, for the body's own programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from yiwang.capability.archives import actions as archives
from yiwang.capability.archives import queries
from yiwang.capability.archives.definitions import KEEPERS, BatchKind, HoldGround, Tab
from yiwang.capability.journey import archiving
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Key, Limit
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments

router = Router(tags=["电子档案"])
ArchiveNo = Annotated[str, Query(max_length=60)]
Words = Annotated[str, Field(min_length=1, max_length=500)]
Version = Annotated[int, Field(ge=1, le=999_999_999)]
_CSV = {
    200: {
        "description": "CSV",
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ArchivePackageOut(Schema):
    """One package: nothing personal. ``acts``: what I may do with it now."""

    key: str
    archive_no: str
    case_key: str
    case_no: str
    part: int
    item_code: str
    item_name: str
    division_code: str
    department_name: str
    state: str
    state_label: str
    ended_at: datetime
    due_on: date
    problem: str
    archived_at: datetime | None
    period: str
    period_label: str
    retained_until: date | None
    files: int
    size: int
    digest: str
    sound: bool | None
    tested_at: datetime | None
    held: bool
    expired: bool
    version: int
    acts: list[str]


class ArchivePageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[ArchivePackageOut]
    next: str


class ArchiveCheckOut(Schema):
    test: str
    test_label: str
    name: str
    ok: bool
    sentence: str


class ArchiveRunOut(Schema):
    """One run of the four tests."""

    at: datetime
    occasion_label: str
    sound: bool
    checks: list[ArchiveCheckOut]


class ArchiveHoldOut(Schema):
    ground_label: str
    reason: str
    placed_at: datetime
    lifted_at: datetime | None


class ArchiveBatchOut(Schema):
    """One hand-over or destruction."""

    key: str
    kind: str
    kind_label: str
    batch_no: str
    department_name: str
    state: str
    state_label: str
    count: int
    begun_at: datetime
    begun_by: str
    settled_at: datetime | None
    settled_by: str
    reason: str
    answer: str
    receiver: str
    receipt_no: str
    version: int
    acts: list[str]


class ArchiveViewOut(Schema):
    """One package with its tests, holds and lists."""

    row: ArchivePackageOut
    runs: list[ArchiveRunOut]
    holds: list[ArchiveHoldOut]
    batches: list[ArchiveBatchOut]


class ArchiveEntryOut(Schema):
    number: int
    package_key: str
    archive_no: str
    title: str
    period_label: str
    files: int
    digest: str
    problem: str


class ArchiveListOut(Schema):
    """One list with its lines."""

    row: ArchiveBatchOut
    entries: list[ArchiveEntryOut]


class ArchiveBatchPageOut(Schema):
    rows: list[ArchiveBatchOut]
    next: str


class ArchiveChosenIn(Schema):
    """Keys of packages."""

    packages: list[Annotated[str, Field(max_length=16)]] = Field(min_length=1, max_length=500)


class ArchiveDestructionIn(ArchiveChosenIn):
    reason: Words


class ArchiveVersionIn(Schema):
    version: Version


class ArchiveDeclineIn(ArchiveVersionIn):
    reason: Words


class ArchiveHoldIn(Schema):
    ground: HoldGround
    reason: Words


@router.get("/archives", response=ArchivePageOut, summary="电子档案清单")
@access(OFFICIAL, roles=KEEPERS, scope="desk:read")
def list_archives(
    request: HttpRequest,
    tab: Tab = Tab.ARCHIVED,
    archive_no: ArchiveNo = "",
    after: After = "",
    limit: Limit = 50,
) -> object:
    """Packages of my body: due, archived, to be appraised, gone."""
    return queries.list_packages(
        actor_of(request), tab=tab, at=moments.now(), archive_no=archive_no, after=after,
        limit=limit,
    )  # fmt: skip


@router.get("/archives/{package_key}", response=ArchiveViewOut, summary="一件电子档案")
@access(OFFICIAL, roles=KEEPERS, scope="desk:read")
def get_archive(request: HttpRequest, package_key: Key) -> object:
    """One package with its tests, holds and lists."""
    return queries.get_package(package_key, actor_of(request), at=moments.now())


@router.post("/archives/{package_key}/build", response=ArchiveViewOut, summary="归档")
@access(OFFICIAL, roles=KEEPERS, scope="desk:write")
def build_archive(request: HttpRequest, package_key: Key) -> object:
    """Pack, test and keep it; a package that fails comes back as FAILED with its checks."""
    return archiving.archive(package_key=package_key, actor=actor_of(request), at=moments.now())


@router.post("/archives/{package_key}/test", response=ArchiveViewOut, summary="四性检测")
@access(OFFICIAL, roles=KEEPERS, scope="desk:write")
def retest_archive(request: HttpRequest, package_key: Key) -> object:
    """Run the four tests again; the result stays with the package."""
    actor, at = actor_of(request), moments.now()
    archives.check_package(key=package_key, actor=actor, at=at)
    return queries.get_package(package_key, actor, at=at)


@router.post("/archives/{package_key}/hold", response=ArchiveViewOut, summary="封存")
@access(OFFICIAL, roles=KEEPERS, scope="desk:write")
def hold_archive(request: HttpRequest, package_key: Key, body: ArchiveHoldIn) -> object:
    """It may not be destroyed while a review or a lawsuit runs."""
    actor, at = actor_of(request), moments.now()
    archives.place_hold(key=package_key, ground=body.ground, reason=body.reason, actor=actor, at=at)
    return queries.get_package(package_key, actor, at=at)


@router.get("/archive-lists", response=ArchiveBatchPageOut, summary="移交清册和销毁清册")
@access(OFFICIAL, roles=KEEPERS, scope="desk:read")
def list_archive_lists(
    request: HttpRequest, kind: BatchKind = BatchKind.HAND_OVER, after: After = "",
    limit: Limit = 50,
) -> object:  # fmt: skip
    """Hand-overs or destructions of my body, newest first."""
    return queries.list_batches(actor_of(request), kind=kind, after=after, limit=limit)


@router.get("/archive-lists/{batch_key}", response=ArchiveListOut, summary="一份清册")
@access(OFFICIAL, roles=KEEPERS, scope="desk:read")
def get_archive_list(request: HttpRequest, batch_key: Key) -> object:
    """One list with its lines."""
    return queries.get_batch(batch_key, actor_of(request))


@router.post("/archive-lists", response=ArchiveListOut, summary="编制移交清册")
@access(OFFICIAL, roles=KEEPERS, scope="desk:write")
def begin_hand_over(request: HttpRequest, body: ArchiveChosenIn) -> object:
    """A new list of packages to hand over."""
    actor = actor_of(request)
    batch = archives.begin_hand_over(packages=body.packages, actor=actor, at=moments.now())
    return queries.get_batch(batch.key, actor)


@router.post("/archive-lists/{batch_key}/send", response=ArchiveListOut, summary="移交")
@access(OFFICIAL, roles=KEEPERS, scope="desk:write")
def send_hand_over(request: HttpRequest, batch_key: Key, body: ArchiveVersionIn) -> object:
    """Every package is tested once more, then the list goes to the archive."""
    actor = actor_of(request)
    archives.send_hand_over(key=batch_key, version=body.version, actor=actor, at=moments.now())
    return queries.get_batch(batch_key, actor)


@router.post(
    "/archive-lists/{batch_key}/export", summary="导出清册", openapi_extra={"responses": _CSV}
)
@access(OFFICIAL, roles=KEEPERS, scope="desk:read")
def export_archive_list(request: HttpRequest, batch_key: Key) -> HttpResponse:
    """The list as CSV; who took it is written down."""
    data = archives.export_list(key=batch_key, actor=actor_of(request), at=moments.now())
    return HttpResponse(data, content_type="text/csv; charset=utf-8")


@router.post("/archive-destructions", response=ArchiveListOut, summary="提出销毁")
@access(OFFICIAL, roles=KEEPERS, scope="desk:write")
def propose_destruction(request: HttpRequest, body: ArchiveDestructionIn) -> object:
    """Packages whose time is over; another person in another post confirms."""
    actor = actor_of(request)
    batch = archives.propose_destruction(
        packages=body.packages, reason=body.reason, actor=actor, at=moments.now()
    )
    return queries.get_batch(batch.key, actor)


@router.post(
    "/archive-destructions/{batch_key}/confirm", response=ArchiveListOut, summary="确认销毁"
)
@access(OFFICIAL, roles=KEEPERS, scope="desk:write")
def confirm_destruction(request: HttpRequest, batch_key: Key, body: ArchiveVersionIn) -> object:
    """The second person: packages and content are gone, the list stays."""
    return archiving.confirm_destruction(
        batch_key=batch_key, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post(
    "/archive-destructions/{batch_key}/decline", response=ArchiveListOut, summary="不同意销毁"
)
@access(OFFICIAL, roles=KEEPERS, scope="desk:write")
def decline_destruction(request: HttpRequest, batch_key: Key, body: ArchiveDeclineIn) -> object:
    """The second person does not agree: the packages stay."""
    actor = actor_of(request)
    archives.decline_destruction(
        key=batch_key, version=body.version, reason=body.reason, actor=actor, at=moments.now()
    )
    return queries.get_batch(batch_key, actor)
