"""本地管理, the place: opening hours and days off of its halls, name and colour, items on and off."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yiwang.capability.catalogue import actions as catalogue_actions
from yiwang.capability.catalogue import queries as catalogue
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Given, Short
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.kernel.moments import legal_date
from yiwang.network.directory import actions as directory_actions
from yiwang.network.directory import queries as directory
from yiwang.network.directory.definitions import Colour, Hours
from yiwang.support.identity import queries as identity

router = Router(tags=["本地管理"])
LOCAL = (Role.LOCAL_ADMIN,)
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class SpanIn(Given):
    """One stretch of an opening day, by the clock of the place: ``opens`` before ``closes``."""

    opens: Clock
    closes: Clock


class HoursIn(Given):
    """``weekday``: 0 is Monday. No spans: closed."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    spans: Annotated[list[SpanIn], Field(max_length=4)]


class HoursOut(Schema):
    weekday: int
    opens: time
    closes: time


class ClosedDayOut(Schema):
    on: date
    reason: str


class ClosedDayIn(Given):
    on: date
    reason: Annotated[str, Field(min_length=1, max_length=60)]


class LookIn(Given):
    name: Annotated[str, Field(max_length=20)]
    colour: Colour


class LookOut(Schema):
    name: str
    colour: str


class PlaceOut(Schema):
    """``look``: null when the place chose none."""

    division_code: str
    name: str
    hours: list[HoursOut]
    closed: list[ClosedDayOut]
    look: LookOut | None


class SwitchOut(Schema):
    """An item of the place; ``paused_reason`` is empty while it is open."""

    code: str
    name: str
    department_name: str
    paused_reason: str


class ItemPauseIn(Given):
    reason: Annotated[str, Field(min_length=1, max_length=100)]


@router.get("/local/place", response=PlaceOut, summary="大厅时间和外观")
@access(OFFICIAL, roles=LOCAL, scope="local:read")
def get_place(request: HttpRequest) -> object:
    """Of the first whole place one looks after; the legal calendar is not here."""
    division = identity.whole_place_of(actor_of(request))
    hours = directory.list_hours(division)
    return {
        "division_code": division,
        "name": directory.get_division(division).full_name,
        "hours": [
            {"weekday": day, "opens": one.opens, "closes": one.closes}
            for day, spans in sorted(hours.items())
            for one in spans
        ],
        "closed": list(directory.list_closed_days(division, since=legal_date(moments.now()))),
        "look": directory.find_look(division),
    }


@router.put("/local/hours", response={204: None}, summary="改开放时间")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def set_hours(request: HttpRequest, body: HoursIn) -> object:
    """All spans of one weekday at once."""
    actor = actor_of(request)
    directory_actions.set_hours(
        division_code=identity.whole_place_of(actor), weekday=body.weekday,
        spans=tuple(_hours(one) for one in body.spans), actor=actor,
        at=moments.now(),
    )  # fmt: skip
    return Status(204, None)


@router.post("/local/closed-days", response={204: None}, summary="加一个不开放的日子")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def close_day(request: HttpRequest, body: ClosedDayIn) -> object:
    """It moves no due date."""
    actor, at = actor_of(request), moments.now()
    directory_actions.close_day(
        division_code=identity.whole_place_of(actor), on=body.on, reason=body.reason,
        today=legal_date(at), actor=actor, at=at,
    )  # fmt: skip
    return Status(204, None)


@router.delete("/local/closed-days/{on}", response={204: None}, summary="照常开放")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def open_day(request: HttpRequest, on: date) -> object:
    actor = actor_of(request)
    directory_actions.open_day(
        division_code=identity.whole_place_of(actor), on=on, actor=actor, at=moments.now()
    )
    return Status(204, None)


@router.put("/local/look", response={204: None}, summary="改名称和颜色")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def set_look(request: HttpRequest, body: LookIn) -> object:
    """Beside the emblem, on every page of the place."""
    actor = actor_of(request)
    directory_actions.set_look(
        division_code=identity.whole_place_of(actor), name=body.name, colour=body.colour,
        actor=actor, at=moments.now(),
    )  # fmt: skip
    return Status(204, None)


@router.get("/local/items", response=list[SwitchOut], summary="事项开关")
@access(OFFICIAL, roles=LOCAL, scope="local:read")
def list_switches(request: HttpRequest) -> object:
    """The items of the place that are applied for online, at most 200."""
    division = identity.whole_place_of(actor_of(request))
    rows = catalogue.list_items(division=division, here=True, limit=200)
    return [
        {
            "code": row.code,
            "name": row.name,
            "department_name": row.department_name,
            "paused_reason": row.paused_reason or "",
        }
        for row in rows
    ]


@router.post("/local/items/{item_code}/pause", response={204: None}, summary="停办事项")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def pause_item(request: HttpRequest, item_code: Short, body: ItemPauseIn) -> object:
    """Nothing new is begun online; what was begun goes on."""
    catalogue_actions.pause_item(
        code=item_code, reason=body.reason, actor=actor_of(request), at=moments.now()
    )
    return Status(204, None)


@router.post("/local/items/{item_code}/resume", response={204: None}, summary="开放事项")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def resume_item(request: HttpRequest, item_code: Short) -> object:
    catalogue_actions.resume_item(code=item_code, actor=actor_of(request), at=moments.now())
    return Status(204, None)


def _hours(span: SpanIn) -> Hours:
    return Hours(time.fromisoformat(span.opens), time.fromisoformat(span.closes))
