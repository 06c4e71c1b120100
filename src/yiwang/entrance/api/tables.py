"""整表交换: tables a department takes into its own front-end database, how far they are, what differs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Given, Key, Limit
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.tables import actions, queries
from yiwang.foundation.tables.definitions import OFFICERS, OPERATORS, CopyState, Deletions
from yiwang.kernel import moments
from yiwang.network.directory import queries as directory

router = Router(tags=["整表交换"])
_SEEN_BY = (*OFFICERS, *OPERATORS)


class TableCopyOut(Schema):
    """One table that is taken. ``number``, ``total``: parts and rows applied so far; ``reached``: the
    newest change taken; ``problem``: why it stands, "" when it does not."""

    key: str
    service: str
    place: str
    purpose: str
    department: str
    state: str
    phase: str
    number: int
    total: int
    last_at: datetime | None
    reached: str
    problem: str
    problem_at: datetime | None
    open_findings: int
    sheet_day: date | None
    sheet_equal: bool | None
    made_at: datetime
    version: int


class TableCopyPageOut(Schema):
    rows: list[TableCopyOut]
    next: str


class TableCopyIn(Given):
    """``place``: schema.table in the own front-end database at ``address``, whose account may do nothing
    but keep that schema; ``deletions``: FLAG by the other side's mark, COMPARE by the day's comparison."""

    service: Annotated[str, Field(max_length=80)]
    purpose: Annotated[str, Field(max_length=200)]
    item: Annotated[str, Field(max_length=80)] = ""
    department: Annotated[str, Field(max_length=18)]
    address: Annotated[str, Field(max_length=500)]
    place: Annotated[str, Field(max_length=200)]
    deletions: Deletions


class TableTurnIn(Given):
    version: Annotated[int, Field(ge=1, le=999_999_999)]


class TableSheetOut(Schema):
    """对账单: a day as both sides counted it; the sums are SM3 in hex, over the rows in the key's order."""

    day: date
    partner: str
    rows: int
    their_rows: int
    sum: str
    their_sum: str
    equal: bool
    at: datetime


class TableSheetsOut(Schema):
    rows: list[TableSheetOut]


class TableFindingOut(Schema):
    """对账差异: rows of a stretch of keys that differ; never which."""

    key: str
    kind: str
    rows: int
    found_at: datetime
    closed_at: datetime | None


class TableFindingsOut(Schema):
    rows: list[TableFindingOut]


@router.get("/data/tables", response=TableCopyPageOut, summary="整表接收")
@access(OFFICIAL, roles=_SEEN_BY, scope="data:read")
def list_copies(request: HttpRequest, after: After = "", limit: Limit = 50) -> object:
    """What my department takes, the newest first."""
    rows = queries.list_copies(actor_of(request), after=after, limit=limit)
    return {"rows": rows, "next": rows[-1].key if len(rows) == limit else ""}


@router.post("/data/tables", response={201: TableCopyOut}, summary="登记要接收的表")
@access(OFFICIAL, roles=OFFICERS, scope="data:write")
def begin_copy(request: HttpRequest, body: TableCopyIn) -> object:
    """The receiving database is looked at at once; the same table into the same place is taken once."""
    copy = actions.begin_copy(
        **body.dict(),
        division_code=directory.get_department(body.department).division_code,
        actor=actor_of(request),
        at=moments.now(),
    )
    return Status(201, copy)


@router.get("/data/tables/{copy_key}", response=TableCopyOut, summary="一张接收的表")
@access(OFFICIAL, roles=_SEEN_BY, scope="data:read")
def get_copy(request: HttpRequest, copy_key: Key) -> object:
    return queries.get_copy(copy_key, actor_of(request))


@router.post(
    "/data/tables/{copy_key}/acts/{copy_act}", response=TableCopyOut, summary="暂停、接着取"
)
@access(OFFICIAL, roles=_SEEN_BY, scope="data:write")
def turn_copy(
    request: HttpRequest, copy_key: Key, copy_act: Literal["pause", "resume"], body: TableTurnIn
) -> object:
    """What was applied stays; going on begins where it stopped."""
    return actions.turn_copy(
        copy=copy_key,
        state=CopyState.PAUSED if copy_act == "pause" else CopyState.RUNNING,
        version=body.version,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.get("/data/tables/{copy_key}/sheets", response=TableSheetsOut, summary="每日对账单")
@access(OFFICIAL, roles=_SEEN_BY, scope="data:read")
def list_sheets(request: HttpRequest, copy_key: Key, limit: Limit = 50) -> object:
    """The newest first."""
    return {"rows": queries.list_sheets(copy_key, actor_of(request), limit=limit)}


@router.get("/data/tables/{copy_key}/findings", response=TableFindingsOut, summary="对账差异")
@access(OFFICIAL, roles=_SEEN_BY, scope="data:read")
def list_findings(request: HttpRequest, copy_key: Key, limit: Limit = 50) -> object:
    """The newest first, those that were taken again among them."""
    return {"rows": queries.list_findings(copy_key, actor_of(request), limit=limit)}


@router.post(
    "/data/table-findings/{table_finding}/mend", response=TableFindingOut, summary="重取一段"
)
@access(OFFICIAL, roles=OFFICERS, scope="data:write")
def mend_finding(request: HttpRequest, table_finding: Key) -> object:
    """Take the stretch that differs again and close the difference; one that is closed stays so."""
    actor = actor_of(request)
    _copy, found = queries.get_finding(table_finding, actor)
    if found.closed_at is None:
        actions.mend_finding(finding=found.key, actor=actor, at=moments.now())
        _copy, found = queries.get_finding(table_finding, actor)
    return found
