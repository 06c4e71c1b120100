"""The three lists of data, and 数据纠错: what somebody calls wrong, and what its source answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.resources import Count
from yiwang.entrance.api.shapes import Given, Short
from yiwang.entrance.shell.access import CITIZEN, OFFICIAL, access
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import DemandState
from yiwang.foundation.resources.definitions.codes import KEEPERS, READERS, WRITERS
from yiwang.foundation.resources.definitions.corrections import CorrectionState
from yiwang.kernel import moments

router = Router(tags=["数据资源目录"])
Words = Annotated[str, Field(max_length=2000)]


class DemandOut(Schema):
    key: str
    item_code: str
    item_name: str
    department_name: str
    element: str
    label: str
    why: str
    basis: str
    state: str
    paper: bool
    resource: str
    resource_name: str
    provider_name: str


class DemandPageOut(Schema):
    rows: list[DemandOut]
    next: str


class DutyOut(Schema):
    element: str
    label: str
    provider: str
    provider_name: str
    resource: str
    resource_name: str
    items: list[str]
    departments: list[str]


class DutyPageOut(Schema):
    rows: list[DutyOut]
    next: str


class NegativeOut(Schema):
    """``doubt``: CHANGED or GONE, when the article is another one than on the day of publication."""

    key: str
    code: str
    name: str
    provider_name: str
    law: str
    article: str
    doubt: str


class NegativePageOut(Schema):
    rows: list[NegativeOut]
    next: str


class DataCorrectionOut(Schema):
    """``who``: masked. ``by_department``: empty when the person concerned reported it."""

    key: str
    element: str
    label: str
    resource: str
    department_name: str
    by_department: str
    who: str
    wrong: str
    right: str
    answer: str
    state: str
    version: int
    asked_at: datetime
    due_on: date | None


class DataCorrectionPageOut(Schema):
    rows: list[DataCorrectionOut]
    next: str


class DataCorrectionIn(Given):
    element: Annotated[str, Field(min_length=1, max_length=60)]
    wrong: Words
    right: Words = ""


class FoundWrongIn(DataCorrectionIn):
    """``about``: the identity number or the credit code of whom it is about."""

    about: Annotated[str, Field(min_length=1, max_length=40)]


class DataAnswerIn(Given):
    version: Annotated[int, Field(ge=1, le=10**9)]
    corrected: bool
    answer: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/data/demand", response=DemandPageOut, summary="需求清单")
@access(OFFICIAL, roles=READERS, scope="data:read")
def list_demand(
    request: HttpRequest, state: DemandState | None = None, after: str = "", limit: Count = 50
) -> object:
    """Computed from what published items ask."""
    del request
    return resources.demand_list(after=after[:16], limit=limit, state=state)


@router.get("/data/duty", response=DutyPageOut, summary="责任清单")
@access(OFFICIAL, roles=READERS, scope="data:read")
def list_duty(
    request: HttpRequest, provider: str = "", after: str = "", limit: Count = 50
) -> object:
    """Of one body, or of all; by data element."""
    del request
    return resources.duty_list(provider=provider[:18], after=after[:60], limit=limit)


@router.get("/data/negative", response=NegativePageOut, summary="负面清单")
@access(OFFICIAL, roles=READERS, scope="data:read")
def list_negative(request: HttpRequest, after: str = "", limit: Count = 50) -> object:
    """What is not shared, by which article."""
    del request
    return resources.negative_list(after=after[:16], limit=limit)


@router.get("/my/data-corrections", response=DataCorrectionPageOut, summary="我的数据纠错")
@access(CITIZEN, scope="data:read", own=True)
def list_mine(request: HttpRequest, after: str = "", limit: Count = 50) -> object:
    """What was asked about my own data, newest first."""
    return resources.list_corrections(
        actor_of(request), at=moments.now(), after=after[:16], limit=limit
    )


@router.post("/my/data-corrections", response=DataCorrectionOut, summary="提出数据纠错")
@access(CITIZEN, scope="data:write", own=True)
def report_mine(request: HttpRequest, body: DataCorrectionIn) -> object:
    """Goes to the one source of the datum; the same again while it is open is the same."""
    return resource_actions.report_error(
        element=body.element, about="", wrong=body.wrong, right=body.right,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.get("/data/corrections", response=DataCorrectionPageOut, summary="数据纠错")
@access(OFFICIAL, roles=KEEPERS, scope="data:read")
def list_corrections(
    request: HttpRequest, state: CorrectionState | None = None, after: str = "", limit: Count = 50
) -> object:
    """Those one's body answers, reported, or has a copy of."""
    return resources.list_corrections(
        actor_of(request), at=moments.now(), state=state or "", after=after[:16], limit=limit
    )


@router.post("/data/corrections", response=DataCorrectionOut, summary="部门提出数据纠错")
@access(OFFICIAL, roles=WRITERS, scope="data:write")
def report_found(request: HttpRequest, body: FoundWrongIn) -> object:
    """What a body found wrong while it used a datum."""
    return resource_actions.report_error(
        element=body.element, about=body.about, wrong=body.wrong, right=body.right,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post(
    "/data/corrections/{correction_key}/answer", response=DataCorrectionOut, summary="答复数据纠错"
)
@access(OFFICIAL, roles=WRITERS, scope="data:write")
def answer(request: HttpRequest, correction_key: Short, body: DataAnswerIn) -> object:
    """By the source: corrected, or found right with reasons."""
    verb = resource_actions.correct if body.corrected else resource_actions.decline
    return verb(
        key=correction_key, version=body.version, answer=body.answer,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/data/copies/{correction_copy}/taken", response=bool, summary="副本已同步")
@access(OFFICIAL, roles=WRITERS, scope="data:write")
def take_over(request: HttpRequest, correction_copy: Short) -> object:
    """True the first time."""
    return resource_actions.take_over(
        key=correction_copy, actor=actor_of(request), at=moments.now()
    )
