"""A hall's day, counted from what is written: no figure is kept beside the facts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from yiwang.capability.halls import rules
from yiwang.capability.halls.definitions import DayCount, Handed, Outcome, TicketState
from yiwang.capability.halls.models import (
    Consultation,
    CounterSession,
    QueueTicket,
    ServiceHall,
    ShiftBreak,
)
from yiwang.capability.halls.queries.places import hall_view
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import SHANGHAI
from yiwang.kernel.refusals import NotFound

#: A hall of the plan has two thousand visitors a day.
_MOST = 10_000


def count_day(*, hall: str, on: date, actor: Actor, at: datetime) -> DayCount:
    """Who was served, by item and by clerk, and what must be handed over.

    Who keeps the hall sees all of it, a clerk his own part. Refuses ``NotFound``.
    """
    row = ServiceHall.objects.visible_to(actor).filter(key=hall).first()
    if row is None:
        raise NotFound
    whole = ServiceHall.objects.kept_by(actor).filter(pk=row.pk).exists()
    begin = datetime.combine(on, time(), SHANGHAI)
    span = {"began_at__gte": begin, "began_at__lt": begin + timedelta(days=1)}
    sessions = CounterSession.objects.filter(hall=row, **span).select_related("shift__counter")
    rests = ShiftBreak.objects.filter(shift__counter__hall=row, **span).select_related("shift")
    if not whole:
        sessions = sessions.filter(clerk=actor.reference)
        rests = rests.filter(shift__clerk=actor.reference)
    nobody = Q(person="", outcome=Outcome.NOTHING, ended_at__isnull=False)  # called, did not come
    found = list(sessions.exclude(nobody).order_by("id")[:_MOST])
    turns = _turns(found)
    clerks = rules.count_clerks(
        turns,
        [rules.Rest(r.shift.clerk_name, r.began_at, r.ended_at) for r in rests[:_MOST]],
        at=at,
    )
    tickets = QueueTicket.objects.filter(hall=row, on=on)
    waits = tickets.filter(called_at__isnull=False).values_list("taken_at", "called_at")
    longest = max((called - taken for taken, called in waits[:_MOST] if called), default=None)
    return DayCount(
        hall=hall_view(row),
        on=on,
        whole=whole,
        items=rules.count_items(turns),
        clerks=clerks,
        tickets_taken=tickets.count(),
        tickets_missed=tickets.filter(state=TicketState.NO_SHOW).count(),
        tickets_waiting=tickets.filter(state=TicketState.WAITING).count(),
        longest_wait_minutes=round(longest.total_seconds() / 60) if longest else 0,
        to_hand_over=_to_hand_over(found),
        total=rules.total_of(clerks),
    )


def _turns(found: list[CounterSession]) -> list[rules.Turn]:
    told: dict[int, list[str]] = defaultdict(list)
    rows = Consultation.objects.filter(session__in=found).values_list("session_id", "item_name")
    for session, name in rows:
        told[session].append(name)
    return [
        rules.Turn(
            item_name=one.item_name,
            clerk_name=one.shift.clerk_name,
            outcome=one.outcome,
            began_at=one.began_at,
            ended_at=one.ended_at,
            consultations=tuple(told[one.pk]),
        )
        for one in found
    ]


def _to_hand_over(found: list[CounterSession]) -> tuple[Handed, ...]:
    """Turns that left something: a case received, or a draft begun and not handed in."""
    return tuple(
        Handed(
            session=one.key,
            counter_number=one.shift.counter.number,
            clerk_name=one.shift.clerk_name,
            item_name=one.item_name,
            applicant_masked=one.applicant_masked,
            case=one.case,
            signing=one.signing,
            at=one.ended_at or one.began_at,
        )
        for one in found
        if (one.case and one.outcome != Outcome.DECIDED) or (one.draft and not one.case)
    )
