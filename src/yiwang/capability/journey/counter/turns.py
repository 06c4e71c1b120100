"""这一位办完，叫下一位；and what the day came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries as hall_queries
from yiwang.capability.halls.definitions import (
    DayCount,
    SessionView,
    Signing,
)
from yiwang.kernel.actor import Actor
from yiwang.support.mandates import actions as mandates


@transaction.atomic
def finish(*, session_key: str, actor: Actor, at: datetime) -> SessionView:
    """这一位办完: the mandate of the window ends with the turn. Twice is once."""
    session = hall_queries.get_session(session_key, actor)
    if session.mandate and session.open:
        mandates.close_counter(key=session.mandate, actor=actor, at=at)
    return halls.end_session(session=session.key, actor=actor, at=at)


@transaction.atomic
def serve_next(*, actor: Actor, at: datetime) -> SessionView:
    """下一位: this turn ends, the first of the line is called; nobody waiting, nothing ends.

    Refusals: ``NotOnDuty``, ``WindowPaused``, ``NobodyWaits``.
    """
    session = hall_queries.find_open_session(actor)
    if session is not None:
        finish(session_key=session.key, actor=actor, at=at)
    return halls.call_next(actor=actor, at=at)


def count_day(*, hall: str, on: date, actor: Actor, at: datetime) -> DayCount:
    """今日: the hall's count; of what is to be handed over, only what still waits, and in which state."""
    day = hall_queries.count_day(hall=hall, on=on, actor=actor, at=at)
    standing = case_queries.list_standing([one.case for one in day.to_hand_over if one.case])
    rows = []
    for one in day.to_hand_over:
        if not one.case:
            rows.append(replace(one, words="表还没有填完，没有收件"))
        elif one.case in standing:
            paper = "；纸质申请表在窗口" if one.signing == Signing.PAPER else ""
            rows.append(replace(one, words=standing[one.case] + paper))
    return replace(day, to_hand_over=tuple(rows))
