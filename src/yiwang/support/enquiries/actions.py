"""Ask about a look at one's data, and answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.enquiries.definitions import (
    ALLOWANCE,
    CLOCK,
    LONGEST,
    EnquiryKind,
    EnquiryState,
    Finding,
    Look,
    Office,
)
from yiwang.support.enquiries.events import (
    EnquiryAnswered,
    EnquiryLate,
    EnquiryMade,
    EnquiryNearlyDue,
)
from yiwang.support.enquiries.models import Enquiry
from yiwang.support.enquiries.refusals import AlreadyAnswered, AlreadyAsked, OwnLook


@transaction.atomic
def ask(
    *, look: Look, office: Office, kind: EnquiryKind, words: str, actor: Actor, at: datetime
) -> str:
    """A person or firm asks about a look at its data; the clock runs. Answers the enquiry's key.

    That the look was at the actor's data, the caller has seen to. 个人信息保护法 44, 50.
    Refusals: ``InvalidInput``, ``AlreadyAsked``, ``NotAllowed`` (in somebody else's name).
    """
    if actor.mandate is not None or actor.kind not in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        raise NotAllowed
    _refuse_empty(words)
    row, made = Enquiry.objects.get_or_create(
        owner=actor.applicant,
        look=look.reference,
        defaults={
            "kind": kind,
            "looked_at": look.at,
            "looker": look.looker,
            "who": look.who[:160],
            "what": look.what[:400],
            "purpose": look.purpose[:200],
            "case_no": look.case_no,
            "division_code": office.division_code,
            "department": office.department,
            "department_name": office.name,
            "words": words.strip(),
            "asked_at": at,
        },
    )
    if not made:
        raise AlreadyAsked
    told = EnquiryMade(
        subject=row.reference,
        at=at,
        kind=kind,
        look=look.reference,
        division_code=office.division_code,
        department=office.department,
    )
    journal.announce(told, actor=actor)
    clocks.start(subject=row.reference, kind=CLOCK, allowance=ALLOWANCE, at=at, actor=actor)
    return row.key


@transaction.atomic
def answer(*, key: str, finding: Finding, words: str, actor: Actor, at: datetime) -> None:
    """The data officer answers; the asker is told. Whoever looked does not answer for it himself.

    Refusals: ``NotFound``, ``InvalidInput``, ``AlreadyAnswered``, ``OwnLook``.
    """
    if actor.kind is not ActorKind.OFFICIAL:
        raise NotFound
    row = Enquiry.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    if row.state != EnquiryState.OPEN:
        raise AlreadyAnswered
    if row.looker == actor.reference:
        raise OwnLook
    _refuse_empty(words)
    row.state, row.finding, row.answer = EnquiryState.ANSWERED, finding, words.strip()
    row.answered_at, row.answered_by = at, actor.reference
    row.save(update_fields=["state", "finding", "answer", "answered_at", "answered_by"])
    clocks.stop(subject=row.reference, kind=CLOCK, at=at, actor=actor)
    told = EnquiryAnswered(
        subject=row.reference, at=at, kind=row.kind, finding=finding, owner=row.owner
    )
    journal.announce(told, actor=actor)


def note_limit(*, enquiry: str, due_on: str, late: bool, actor: Actor, at: datetime) -> None:
    """The last day is near or went by without an answer (``enquiry`` is a reference)."""
    row = Enquiry.objects.filter(key=enquiry.partition(":")[2], state=EnquiryState.OPEN).first()
    if row is not None:
        told = (EnquiryLate if late else EnquiryNearlyDue)(
            subject=enquiry,
            at=at,
            division_code=row.division_code,
            department=row.department,
            due_on=due_on,
        )
        journal.announce(told, actor=actor)


def _refuse_empty(words: str) -> None:
    if not words.strip() or len(words) > LONGEST:
        raise InvalidInput(fields=[FieldProblem("words", f"请写清楚，最多 {LONGEST} 字。")])
