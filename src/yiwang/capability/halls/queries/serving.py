"""Who is on duty, whose turn it is, what the queue looks like."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from yiwang.capability.halls.definitions import (
    ConsultationView,
    CounterView,
    NotOnDuty,
    NotPaired,
    QueueView,
    SessionView,
    ShiftView,
    TicketState,
    TicketView,
    TurnOver,
)
from yiwang.capability.halls.models import (
    Consultation,
    Counter,
    CounterSession,
    QueueTicket,
    ScreenPairing,
    Shift,
)
from yiwang.capability.halls.queries.places import counter_view, is_paired
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import actions as crypto

_MOST = 200


def find_shift(actor: Actor) -> ShiftView | None:
    """The shift an official is on now; None off duty."""
    row = Shift.objects.visible_to(actor).filter(ended_at=None).select_related("counter__hall")
    found = row.first()
    return _shift_view(found) if found else None


def get_shift(actor: Actor) -> ShiftView:
    """The shift one is on; ``NotOnDuty``."""
    found = find_shift(actor)
    if found is None:
        raise NotOnDuty
    return found


def _shift_view(row: Shift) -> ShiftView:
    pause = row.breaks.filter(ended_at=None).first()
    return ShiftView(
        key=row.key,
        counter=counter_view(row.counter, row, paired=is_paired(row.counter)),
        clerk=row.clerk,
        clerk_name=row.clerk_name,
        began_at=row.began_at,
        ended_at=row.ended_at,
        pause=pause.reason if pause else "",
        paused_at=pause.began_at if pause else None,
    )


def _sessions(actor: Actor) -> QuerySet[CounterSession]:
    rows = CounterSession.objects.visible_to(actor)
    return rows.select_related("shift__counter__hall", "ticket__counter", "ticket__hall")


def find_open_session(actor: Actor) -> SessionView | None:
    """Who is in front of this clerk now; None for nobody."""
    row = _sessions(actor).filter(ended_at=None, shift__ended_at=None).first()
    return session_view(row) if row else None


def get_session(key: str, actor: Actor) -> SessionView:
    """One turn of one's own, over or not; ``NotFound`` for another clerk's."""
    row = _sessions(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return session_view(row)


def get_open_session(key: str, actor: Actor) -> SessionView:
    """One's own turn while it lasts; ``NotFound``, ``TurnOver``."""
    found = get_session(key, actor)
    if not found.open:
        raise TurnOver
    return found


def list_sessions(
    actor: Actor, *, since: datetime, after: str = "", limit: int = 50
) -> tuple[SessionView, ...]:
    """One's own turns since a moment, the newest first; ``after``: the key of the last one shown."""
    rows = _sessions(actor).filter(began_at__gte=since)
    if after:
        rows = rows.filter(id__lt=CounterSession.objects.filter(key=after).values("id")[:1])
    return tuple(session_view(row) for row in rows.order_by("-id")[: min(limit, _MOST)])


def session_view(row: CounterSession) -> SessionView:
    return SessionView(
        key=row.key,
        shift=row.shift.key,
        counter=counter_view(row.shift.counter, row.shift),
        clerk=row.clerk,
        open=row.ended_at is None,
        version=row.version,
        began_at=row.began_at,
        ended_at=row.ended_at,
        ticket=ticket_view(row.ticket) if row.ticket else None,
        person=row.person,
        person_masked=row.person_masked,
        found_by=row.found_by,
        applicant=row.applicant,
        applicant_masked=row.applicant_masked,
        mandate=row.mandate,
        item_code=row.item_code,
        item_name=row.item_name,
        item_version=row.item_version,
        draft=row.draft,
        case=row.case,
        outcome=row.outcome,
        printed_digest=row.printed_digest,
        signing=row.signing,
        signed_digest=row.signed_digest,
        signature_file=row.signature_file,
        signed_at=row.signed_at,
    )


def ticket_view(row: QueueTicket, *, ahead: int = 0) -> TicketView:
    return TicketView(
        key=row.key,
        hall=row.hall.key,
        number=row.number,
        state=row.state,
        taken_at=row.taken_at,
        calls=row.calls,
        version=row.version,
        called_at=row.called_at,
        counter_number=row.counter.number if row.counter else "",
        ahead=ahead,
    )


def waiting_in(counter: Counter, at: datetime) -> QuerySet[QueueTicket]:
    """The line of one window today, first come first."""
    rows = QueueTicket.objects.filter(
        hall=counter.hall, on=legal_date(at), line=counter.line, state=TicketState.WAITING
    )
    return rows.order_by("sequence")


def get_queue(counter: CounterView, *, at: datetime) -> QueueView:
    """How many wait for this window, who is next, who did not come when called."""
    row = Counter.objects.select_related("hall").get(key=counter.key)
    waiting = waiting_in(row, at)
    following = waiting.first()
    missed = QueueTicket.objects.filter(
        hall=row.hall, on=legal_date(at), line=row.line, state=TicketState.NO_SHOW
    ).select_related("hall", "counter")
    return QueueView(
        waiting=waiting.count(),
        following=following.number if following else "",
        missed=tuple(ticket_view(one) for one in missed.order_by("-called_at")[:5]),
    )


def get_ticket(key: str, *, hall: str) -> TicketView:
    """One number of a hall, with how many are before it: who holds it may ask; ``NotFound``."""
    rows = QueueTicket.objects.filter(key=key, hall__key=hall).select_related("hall", "counter")
    row = rows.first()
    if row is None:
        raise NotFound
    ahead = QueueTicket.objects.filter(
        hall=row.hall, on=row.on, line=row.line, state=TicketState.WAITING,
        sequence__lt=row.sequence,
    ).count()  # fmt: skip
    return ticket_view(row, ahead=ahead if row.state == TicketState.WAITING else 0)


def list_called(hall: str, *, at: datetime) -> tuple[TicketView, ...]:
    """The last numbers called in a hall, for its board: numbers and windows, nobody's name."""
    rows = QueueTicket.objects.filter(
        hall__key=hall, on=legal_date(at), state=TicketState.CALLED
    ).select_related("hall", "counter")
    return tuple(ticket_view(row) for row in rows.order_by("-called_at")[:8])


def get_screen_counter(token: str) -> CounterView:
    """The window a screen is paired with; ``NotPaired``."""
    row = (
        ScreenPairing.objects.filter(
            token_digest=crypto.digest(token.encode()), ended_at=None, paired_at__isnull=False
        )
        .select_related("counter__hall")
        .first()
        if token
        else None
    )
    if row is None:
        raise NotPaired
    shift = row.counter.shifts.filter(ended_at=None).first()
    return counter_view(row.counter, shift, paired=True)


def find_screen_session(token: str) -> SessionView | None:
    """Whose turn it is at the screen's window; None between two. Refuses ``NotPaired``."""
    counter = get_screen_counter(token)
    row = (
        CounterSession.objects.filter(
            shift__counter__key=counter.key, shift__ended_at=None, ended_at=None
        )
        .select_related("shift__counter__hall", "ticket__counter", "ticket__hall")
        .first()
    )
    return session_view(row) if row else None


def get_consultation(key: str, actor: Actor) -> ConsultationView:
    """One notice of one's own turns; ``NotFound``."""
    row = Consultation.objects.visible_to(actor).filter(key=key).select_related("session").first()
    if row is None:
        raise NotFound
    return consultation_view(row)


def list_consultations(session: SessionView) -> tuple[ConsultationView, ...]:
    """The notices of one turn, in order."""
    rows = Consultation.objects.filter(session__key=session.key).select_related("session")
    return tuple(consultation_view(row) for row in rows.order_by("id")[:20])


def consultation_view(row: Consultation) -> ConsultationView:
    return ConsultationView(
        row.key, row.session.key, row.item_code, row.item_name, row.letter, row.given_at
    )
