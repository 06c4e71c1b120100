"""取号、叫号: first come, first called; two windows never call the same number."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from yiwang.capability.halls.actions.sessions import open_turn
from yiwang.capability.halls.actions.shifts import locked_shift
from yiwang.capability.halls.actions.tickets import close_turn, move
from yiwang.capability.halls.definitions import (
    TICKETS,
    NobodyWaits,
    SessionView,
    StillServing,
    TicketState,
    TicketView,
    WindowPaused,
)
from yiwang.capability.halls.models import Counter, QueueTicket, ServiceHall, Shift
from yiwang.capability.halls.queries.serving import session_view, ticket_view, waiting_in
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotFound

_NUMBER: Final = """
INSERT INTO halls_ticketseries (hall_id, "on", line, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (hall_id, "on", line) DO UPDATE SET last = halls_ticketseries.last + 1 RETURNING last
"""


@transaction.atomic
def take_ticket(*, hall: str, line: str, at: datetime) -> TicketView:
    """取号: the next number of a line, for whoever stands at the machine. ``NotFound`` (hall, line)."""
    place = ServiceHall.objects.filter(key=hall, closed_at=None).first()
    if place is None or not place.counters.filter(line=line, closed_at=None).exists():
        raise NotFound
    on = legal_date(at)
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, [place.pk, on, line])
        [sequence] = cursor.fetchone()
    row = QueueTicket.objects.create(hall=place, on=on, line=line, sequence=sequence, taken_at=at)
    ahead = QueueTicket.objects.filter(
        hall=place, on=on, line=line, state=TICKETS.initial, sequence__lt=sequence
    ).count()
    return ticket_view(row, ahead=ahead)


@transaction.atomic
def call_next(*, actor: Actor, at: datetime) -> SessionView:
    """叫下一位: the first who waits in this window's line; his turn begins.

    Refusals: ``NotOnDuty``, ``WindowPaused``, ``StillServing``, ``NobodyWaits``.
    """
    shift = _free_shift(actor)
    waiting = waiting_in(shift.counter, at).select_for_update(skip_locked=True, of=("self",))
    row = waiting.select_related("hall").first()
    if row is None:
        raise NobodyWaits
    _call(row, "call", shift.counter, actor, at)
    return session_view(open_turn(shift, row, actor, at))


@transaction.atomic
def call_again(*, ticket: str, actor: Actor, at: datetime) -> SessionView:
    """再叫一次: the one just called, or one who missed his turn and is here now.

    Refusals: ``NotFound``, ``NotOnDuty``, ``WindowPaused``, ``StillServing``, ``CannotDo``.
    """
    shift = locked_shift(actor)
    row = (
        QueueTicket.objects.visible_to(actor)
        .filter(key=ticket, on=legal_date(at), hall=shift.counter.hall, line=shift.counter.line)
        .select_for_update(of=("self",))
        .select_related("hall")
        .first()
    )
    if row is None:
        raise NotFound
    open_ = shift.sessions.filter(ended_at=None).first()
    if open_ is None or open_.ticket_id != row.pk:
        shift = _free_shift(actor)
    if row.counter_id not in (None, shift.counter_id) and row.state != TicketState.NO_SHOW:
        raise NotFound
    _call(row, "call_again", shift.counter, actor, at)
    if open_ is not None:
        return session_view(open_)
    return session_view(open_turn(shift, row, actor, at))


@transaction.atomic
def miss(*, actor: Actor, at: datetime) -> None:
    """没有来: the one called is passed over; he may be called again today. ``NotFound`` without a number."""
    shift = locked_shift(actor)
    open_ = shift.sessions.filter(ended_at=None, person="").select_related("ticket").first()
    if open_ is None or open_.ticket is None:
        raise NotFound("现在没有叫过号、还没有人来的。", "请先叫号。")
    if open_.consultations.exists():
        raise NotFound("来的人已经问过事了。", "请结束这一位。")
    move(open_.ticket, "no_show", actor, at)
    close_turn(open_, at)


def _free_shift(actor: Actor) -> Shift:
    shift = locked_shift(actor)
    if shift.breaks.filter(ended_at=None).exists():
        raise WindowPaused
    if shift.sessions.filter(ended_at=None).exists():
        raise StillServing
    return shift


def _call(row: QueueTicket, act: str, counter: Counter, actor: Actor, at: datetime) -> None:
    move(row, act, actor, at, counter=counter, called_at=at, calls=row.calls + 1)
