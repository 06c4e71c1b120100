"""Worklists for programs: the lists of a desk with their counts, and the filters an official keeps."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions.work import (
    Light,
    Order,
    Phase,
    SavedFilterRow,
    WorkFilter,
    WorkList,
)
from yiwang.entrance.api.cases import CasePageOut
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Given, Key, Short
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF

router = Router(tags=["工作台"])
_STAFF = CASE_STAFF


class NarrowingIn(Given):
    """Which open cases; what is left out does not narrow. Received days include both ends."""

    list: WorkList = WorkList.MINE
    item_code: Short = ""
    division_code: Annotated[str, Field(pattern=r"^([0-9]{12})?$")] = ""
    light: Light | None = None
    phase: Phase | None = None
    received_from: date | None = None
    received_until: date | None = None
    order: Order = Order.DUE

    def as_filter(self) -> WorkFilter:
        return WorkFilter(
            self.list,
            self.item_code,
            self.division_code,
            self.light or "",
            self.phase or "",
            self.received_from,
            self.received_until,
            self.order,
        )


class WorklistQuery(NarrowingIn):
    after: Short = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class SavedFilterIn(NarrowingIn):
    name: Annotated[str, Field(min_length=1, max_length=30)]


class SavedFilterOut(Schema):
    """``light``, ``phase``: empty when they do not narrow."""

    key: str
    name: str
    list: str
    item_code: str
    division_code: str
    light: str
    phase: str
    received_from: date | None
    received_until: date | None
    order: str


class WorkCountOut(Schema):
    """``count`` stops at 1000: then there are that many or more."""

    list: str
    count: int


@router.get("/desk/worklist", response=CasePageOut, summary="工作清单")
@access(OFFICIAL, roles=_STAFF, scope="desk:read")
def list_work(request: HttpRequest, query: Query[WorklistQuery]) -> object:
    """Open cases of one's body: 我的, 本部门, 超期, 快到期, 等申请人, 等别人, 停表; the soonest due first."""
    return cases.list_work(
        actor_of(request),
        at=moments.now(),
        filter=query.as_filter(),
        after=query.after,
        limit=query.limit,
    )


@router.get("/desk/worklist/counts", response=list[WorkCountOut], summary="工作清单的件数")
@access(OFFICIAL, roles=_STAFF, scope="desk:read")
def count_work(request: HttpRequest) -> object:
    """How many each list has, counted no further than a thousand."""
    counts = cases.count_work(actor_of(request), at=moments.now())
    return [{"list": which, "count": count} for which, count in counts.items()]


@router.get("/desk/filters", response=list[SavedFilterOut], summary="保存的筛选")
@access(OFFICIAL, roles=_STAFF, scope="desk:read")
def list_filters(request: HttpRequest) -> object:
    """The filters this official keeps."""
    return [_out(one) for one in cases.list_filters(actor_of(request))]


@router.post("/desk/filters", response=SavedFilterOut, summary="保存筛选")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def keep_filter(request: HttpRequest, body: SavedFilterIn) -> object:
    """Keep a narrowed list under a name; the same name again replaces what it says."""
    actor = actor_of(request)
    key = case_actions.keep_filter(
        name=body.name, filter=body.as_filter(), actor=actor, at=moments.now()
    )
    return _out(cases.get_filter(key, actor))


@router.delete("/desk/filters/{filter_key}", response={204: None}, summary="删除筛选")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def forget_filter(request: HttpRequest, filter_key: Key) -> object:
    """Delete one of one's own."""
    case_actions.forget_filter(key=filter_key, actor=actor_of(request), at=moments.now())
    return 204, None


def _out(row: SavedFilterRow) -> dict[str, object]:
    names = (name for name in SavedFilterOut.model_fields if name not in ("key", "name"))
    return {"key": row.key, "name": row.name, **{n: getattr(row.filter, n) for n in names}}
