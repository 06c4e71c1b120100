"""A leader's figures for programs, and the masked lists behind them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions.work import WorkFilter, WorkList
from yiwang.centre.indicators import queries as indicators
from yiwang.centre.indicators.definitions import Grouping
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Given, Short
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Role

router = Router(tags=["监管"])
_ROLES = (Role.LEADER, Role.HEAD)


class OverviewQuery(Given):
    grouping: Grouping = Grouping.DEPARTMENT
    days: Annotated[int, Field(ge=1, le=92)] = 30


class BodyFiguresOut(Schema):
    """``open soon late``: at hand now; the rest: in the days asked for. ``key``: USCC or division."""

    key: str
    open: int
    soon: int
    late: int
    received: int
    decided: int
    in_time: int
    rejected: int
    refused: int
    corrected: int
    extended: int


class DayFiguresOut(Schema):
    on: date
    received: int
    decided: int


class OverviewOut(Schema):
    today: BodyFiguresOut
    week_ago: BodyFiguresOut
    now: BodyFiguresOut
    before: BodyFiguresOut
    days: int
    rows: list[BodyFiguresOut]
    trend: list[DayFiguresOut]


class OverseenQuery(Given):
    list: WorkList = WorkList.OVERDUE
    department: Annotated[str, Field(pattern=r"^([0-9A-Z]{18})?$")] = ""
    division_code: Annotated[str, Field(pattern=r"^([0-9]{12})?$")] = ""
    after: Short = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class OverseenRowOut(Schema):
    """Masked, and no key: a leader sees that there is a case, not what is in it."""

    case_no: str
    item_code: str
    item_name: str
    state: str
    state_label: str
    applicant_masked: str
    division_code: str
    department_name: str


class OverseenPageOut(Schema):
    rows: list[OverseenRowOut]
    next: str


@router.get("/leader/overview", response=OverviewOut, summary="总览")
@access(OFFICIAL, roles=_ROLES, scope="desk:read")
def get_overview(request: HttpRequest, query: Query[OverviewQuery]) -> object:
    """Today, at hand, the days up to today and those before; by body or by place."""
    return indicators.get_overview(
        actor_of(request),
        today=moments.legal_date(moments.now()),
        grouping=query.grouping,
        days=query.days,
    )


@router.get("/leader/cases", response=OverseenPageOut, summary="数字后面的清单")
@access(OFFICIAL, roles=_ROLES, scope="desk:read")
def list_overseen(request: HttpRequest, query: Query[OverseenQuery]) -> object:
    """Open cases of the bodies one oversees, masked; WorkList MINE means all of them."""
    return cases.list_overseen(
        actor_of(request),
        at=moments.now(),
        filter=WorkFilter(query.list, division_code=query.division_code),
        department=query.department,
        after=query.after,
        limit=query.limit,
    )
