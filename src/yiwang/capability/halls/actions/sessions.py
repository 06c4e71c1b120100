"""接待: what is known of the person in front of a window, and how far it came.

The journey decides and calls these in the transaction of its step; here only the turn's row is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from yiwang.capability.halls import rules
from yiwang.capability.halls.actions.shifts import locked_shift
from yiwang.capability.halls.actions.tickets import change, close_turn, move
from yiwang.capability.halls.definitions import (
    ConsultationView,
    FoundBy,
    Outcome,
    SessionView,
    Signing,
    StillServing,
    Told,
    TurnOver,
    WhoIsIt,
    WindowPaused,
)
from yiwang.capability.halls.events import ConsultationGiven, PersonServed
from yiwang.capability.halls.models import Consultation, CounterSession, QueueTicket, Shift
from yiwang.capability.halls.queries.serving import consultation_view, session_view
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.letters import actions as letters
from yiwang.support.letters.definitions import LetterKind

_UNSIGNED: Mapping[str, object] = {
    "signing": "", "signed_digest": "", "signature_file": "", "signed_at": None,
}  # fmt: skip
_NOTHING_YET: Mapping[str, object] = {
    "printed_digest": "", "item_code": "", "item_name": "", "item_version": 0, "draft": "", **_UNSIGNED,
}  # fmt: skip


@transaction.atomic
def begin_session(*, actor: Actor, at: datetime) -> SessionView:
    """Somebody without a number. ``NotOnDuty``, ``WindowPaused``, ``StillServing``."""
    shift = locked_shift(actor)
    if shift.breaks.filter(ended_at=None).exists():
        raise WindowPaused
    if shift.sessions.filter(ended_at=None).exists():
        raise StillServing
    return session_view(open_turn(shift, None, actor, at))


def open_turn(
    shift: Shift, ticket: QueueTicket | None, actor: Actor, at: datetime
) -> CounterSession:
    """A new turn at a locked shift's window."""
    row = CounterSession.objects.create(
        shift=shift, hall=shift.counter.hall, clerk=shift.clerk, ticket=ticket, began_at=at
    )
    _record(row, "halls.begin_session", actor, at, ticket=ticket.number if ticket else "")
    return row


def note_person(
    *, session: str, person: str, masked: str, found_by: FoundBy, actor: Actor, at: datetime
) -> SessionView:
    """It is this person. Who else was noted before is gone with everything begun. ``NotFound``, ``TurnOver``.

    The same person again (the mandate of the window had run out) goes on where he was.
    """
    row = _locked(session, actor)
    _insist_on_nothing_handed_in(row)
    again = row.person == person == row.applicant
    change(
        row, person=person, person_masked=masked, found_by=found_by, applicant=person,
        applicant_masked=masked, mandate="", **({} if again else _NOTHING_YET),
    )  # fmt: skip
    journal.record(
        actor=actor, act="halls.find_person", subject=row.reference, at=at,
        purpose="窗口核对来人身份", facts={"found_by": found_by.value}, subjects=[person],
    )  # fmt: skip
    return session_view(row)


def note_applicant(
    *, session: str, applicant: str, masked: str, mandate: str, actor: Actor, at: datetime
) -> SessionView:
    """For whom: the person, or a firm; and the mandate the clerk acts under. Refuses ``WhoIsIt``."""
    row = _locked(session, actor)
    _insist_on_nothing_handed_in(row)
    if not row.person:
        raise WhoIsIt
    kept = {} if applicant == row.applicant else _NOTHING_YET
    change(row, applicant=applicant, applicant_masked=masked, mandate=mandate, **kept)
    _record(row, "halls.choose_applicant", actor, at, applicant=applicant)
    return session_view(row)


def note_draft(
    *,
    session: str,
    item_code: str,
    item_name: str,
    item_version: int,
    draft: str,
    actor: Actor,
    at: datetime,
) -> SessionView:
    """What is being applied for, in which draft. A signature for another form does not count."""
    row = _locked(session, actor)
    _insist_on_nothing_handed_in(row)
    if not row.applicant:
        raise WhoIsIt
    change(
        row, item_code=item_code, item_name=item_name, item_version=item_version, draft=draft,
        **_UNSIGNED,
    )  # fmt: skip
    _record(row, "halls.choose_item", actor, at, item=item_code, draft=draft)
    return session_view(row)


def note_printed(*, session: str, digest: str, actor: Actor, at: datetime) -> SessionView:
    """The form with this digest was printed to be signed."""
    row = _locked(session, actor)
    _insist_on_nothing_handed_in(row)
    change(row, printed_digest=digest)
    _record(row, "halls.print_form", actor, at, digest=digest)
    return session_view(row)


def note_signature(
    *,
    session: str,
    signing: Signing,
    digest: str,
    file: str,
    actor: Actor,
    at: datetime,
) -> SessionView:
    """The applicant confirmed exactly what has this digest; ``file``: the picture of the pad."""
    row = _locked(session, actor)
    _insist_on_nothing_handed_in(row)
    change(row, signing=signing, signed_digest=digest, signature_file=file, signed_at=at)
    _record(row, "halls.sign", actor, at, signing=signing.value, digest=digest)
    return session_view(row)


def note_case(
    *, session: str, case: str, outcome: Outcome, actor: Actor, at: datetime
) -> SessionView:
    """It was handed in: the turn has its case. The same case again is nothing new."""
    row = _locked(session, actor)
    if row.case not in ("", case):
        raise TurnOver("这次接待已经收过一件。", "请结束这一位，再接待一次。")
    if not row.case:
        change(row, case=case, outcome=rules.further(row.outcome, outcome))
        _record(row, "halls.receive", actor, at, case=case)
    return session_view(row)


def note_outcome(*, session: str, outcome: Outcome, actor: Actor, at: datetime) -> SessionView:
    """The case went further while the person was here."""
    row = _locked(session, actor)
    change(row, outcome=rules.further(row.outcome, outcome))
    return session_view(row)


def note_consultation(
    *, session: str, told: Told, addressee: str, actor: Actor, at: datetime
) -> ConsultationView:
    """咨询: the notice is written, once per question. ``NotFound``, ``TurnOver``, ``CannotWrite``."""
    row = _locked(session, actor)
    key = new_key()
    letter = letters.request_letter(
        kind=LetterKind.ONE_TIME_NOTICE,
        subject=reference("consultation", key),
        template="",
        values={
            "item_name": told.item_name,
            "addressee": addressee,
            "body": told.body,
            "phone": told.phone,
            **told.values,
        },
        at=at,
        actor=actor,
    )
    given = Consultation.objects.create(
        key=key, session=row, item_code=told.item_code, item_name=told.item_name,
        letter=letter.key, given_at=at,
    )  # fmt: skip
    change(row, outcome=rules.further(row.outcome, Outcome.CONSULTED))
    event = ConsultationGiven(
        subject=given.reference, at=at, hall=row.hall.key, item_code=told.item_code
    )
    journal.announce(event, actor=actor)
    return consultation_view(given)


def end_session(*, session: str, actor: Actor, at: datetime) -> SessionView:
    """The turn is over; the number is done. Ending twice is once. ``NotFound``."""
    row = _rows(actor).filter(key=session).first()
    if row is None:
        raise NotFound
    if row.ended_at is not None:
        return session_view(row)
    if row.ticket is not None:
        move(row.ticket, "finish", actor, at, done_at=at)
    close_turn(row, at)
    event = PersonServed(
        subject=row.reference, at=at, hall=row.hall.key, counter=row.shift.counter.key,
        item_code=row.item_code, outcome=row.outcome,
        seconds=round((at - row.began_at).total_seconds()),
    )  # fmt: skip
    journal.announce(event, actor=actor)
    return session_view(row)


def _rows(actor: Actor) -> QuerySet[CounterSession]:
    mine = CounterSession.objects.visible_to(actor).select_for_update(of=("self",))
    return mine.select_related("hall", "shift__counter__hall", "ticket__hall", "ticket__counter")


def _locked(key: str, actor: Actor) -> CounterSession:
    row = _rows(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    if row.ended_at is not None:
        raise TurnOver
    return row


def _insist_on_nothing_handed_in(row: CounterSession) -> None:
    if row.case:
        raise TurnOver("这一件已经收了，不能再改。", "请结束这一位，再接待一次。")


def _record(row: CounterSession, act: str, actor: Actor, at: datetime, **facts: str) -> None:
    journal.record(actor=actor, act=act, subject=row.reference, at=at, facts=facts)
