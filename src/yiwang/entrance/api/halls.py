"""Halls: windows and shifts, the queue and its board, a day's count."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import StringConstraints

from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries
from yiwang.capability.halls.definitions import CLERKS, HALL_STAFF, BreakReason
from yiwang.capability.journey import counter
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Given, Key
from yiwang.entrance.shell import pace
from yiwang.entrance.shell.access import ANYONE, OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.refusals import NotFound

router = Router(tags=["大厅"])
Line = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}$")]


class WindowOut(Schema):
    """One window; ``department`` empty: comprehensive. ``clerk_name``: who sits there now."""

    key: str
    hall: str
    hall_name: str
    number: str
    line: str
    department: str
    department_name: str
    clerk_name: str


class ShiftOut(Schema):
    """``pause``: why the window stands still, empty while it does not."""

    key: str
    counter: WindowOut
    began_at: datetime
    pause: str
    paused_at: datetime | None


class TicketOut(Schema):
    """One number; ``ahead``: how many wait before it."""

    key: str
    number: str
    state: str
    state_label: str
    taken_at: datetime
    called_at: datetime | None
    calls: int
    counter_number: str
    ahead: int


class QueueOut(Schema):
    waiting: int
    following: str
    missed: list[TicketOut]


class TallyOut(Schema):
    label: str
    persons: int
    received: int
    accepted: int
    returned: int
    decided: int
    consulted: int
    minutes: int
    paused: int


class HandedOut(Schema):
    """What somebody else must go on with."""

    counter_number: str
    clerk_name: str
    item_name: str
    applicant_masked: str
    case: str
    words: str


class DayOut(Schema):
    """``whole``: of the whole hall, else one's own part."""

    on: date
    whole: bool
    items: list[TallyOut]
    clerks: list[TallyOut]
    total: TallyOut
    tickets_taken: int
    tickets_missed: int
    tickets_waiting: int
    longest_wait_minutes: int
    to_hand_over: list[HandedOut]


class TakeIn(Given):
    line: Line


class PauseIn(Given):
    reason: BreakReason


@router.get("/hall/counters", response=list[WindowOut], summary="我能坐的窗口")
@access(OFFICIAL, roles=HALL_STAFF, scope="desk:read")
def list_windows(request: HttpRequest) -> object:
    """The open windows of my place: of my body, and comprehensive ones."""
    return list(queries.list_counters(actor_of(request)))


@router.post("/hall/counters/{counter_key}/begin", response={201: ShiftOut}, summary="上岗")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def begin(request: HttpRequest, counter_key: Key) -> object:
    """Sit down at a window; 409 when it is taken."""
    shift = halls.begin_shift(counter=counter_key, actor=actor_of(request), at=moments.now())
    return Status(201, shift)


@router.get("/hall/shift", response=ShiftOut, summary="我的班次")
@access(OFFICIAL, roles=CLERKS, scope="desk:read")
def get_shift(request: HttpRequest) -> object:
    """The window I am at; 409 off duty."""
    return queries.get_shift(actor_of(request))


@router.get("/hall/queue", response=QueueOut, summary="我这一队")
@access(OFFICIAL, roles=CLERKS, scope="desk:read")
def get_queue(request: HttpRequest) -> object:
    """How many wait for my window, who is next, who did not come."""
    shift = queries.get_shift(actor_of(request))
    return queries.get_queue(shift.counter, at=moments.now())


@router.post("/hall/shift/pause", response=ShiftOut, summary="暂停叫号")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def pause(request: HttpRequest, body: PauseIn) -> object:
    """No number is called until it goes on."""
    return halls.pause(reason=body.reason, actor=actor_of(request), at=moments.now())


@router.post("/hall/shift/resume", response=ShiftOut, summary="恢复叫号")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def resume(request: HttpRequest) -> object:
    """Numbers are called again."""
    return halls.resume(actor=actor_of(request), at=moments.now())


@router.post("/hall/shift/end", response={204: None}, summary="下班")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def end(request: HttpRequest) -> object:
    """Leave the window; 409 while somebody is being served."""
    halls.end_shift(actor=actor_of(request), at=moments.now())
    return Status(204, None)


@router.post("/hall/misses", response={204: None}, summary="叫了没有来")
@access(OFFICIAL, roles=CLERKS, scope="desk:write")
def miss(request: HttpRequest) -> object:
    """The number just called is passed over; it may be called again today."""
    halls.miss(actor=actor_of(request), at=moments.now())
    return Status(204, None)


@router.get("/hall/days/{on}", response=DayOut, summary="一天的统计和交接单")
@access(OFFICIAL, roles=HALL_STAFF, scope="desk:read")
def count_day(request: HttpRequest, on: date, hall: Key) -> object:
    """Counted from what happened in that hall that day; a clerk sees his own part."""
    return counter.count_day(hall=hall, on=on, actor=actor_of(request), at=moments.now())


@router.post("/halls/{hall_key}/tickets", response={201: TicketOut}, summary="取号")
@access(ANYONE)
def take_ticket(request: HttpRequest, hall_key: Key, body: TakeIn) -> object:
    """The next number of a line, for a ticket machine; 60 a minute from one address."""
    pace.slow_down(request, what="ticket", per_minute=60)
    return Status(201, halls.take_ticket(hall=hall_key, line=body.line, at=moments.now()))


@router.get("/halls/{hall_key}/board", response=list[TicketOut], summary="叫号屏")
@access(ANYONE)
def board(request: HttpRequest, hall_key: Key) -> object:
    """The numbers called now, with their windows."""
    if queries.find_hall(hall_key) is None:
        raise NotFound
    return list(queries.list_called(hall_key, at=moments.now()))


@router.get("/halls/{hall_key}/tickets/{ticket_key}", response=TicketOut, summary="我的号")
@access(ANYONE)
def get_ticket(request: HttpRequest, hall_key: Key, ticket_key: Key) -> object:
    """One number: how many are before it, where it was called to."""
    return queries.get_ticket(ticket_key, hall=hall_key)
