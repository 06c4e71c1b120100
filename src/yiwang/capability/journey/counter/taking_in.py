"""收件、受理、一次告知: what becomes of it while the person is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries as hall_queries
from yiwang.capability.halls.definitions import (
    ConsultationView,
    NotSignedYet,
    Outcome,
    SessionView,
)
from yiwang.capability.journey import acceptance, applicant, machine, supplying, telling
from yiwang.capability.journey.counter.confirming import get_filled, is_signed
from yiwang.capability.journey.counter.who import acting
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.files import actions as files


def receive(
    *, session_key: str, actor: Actor, at: datetime, by_person: bool = False
) -> SessionView:
    """收件: handed in for the person present; a rule may decide at once. No transaction around.

    Again is the same case. Refusals: ``NotSignedYet``, and those of ``journey.submit``.
    """
    session = hall_queries.get_open_session(session_key, actor)
    if not session.case:
        who = acting(session, actor, at)
        if not session.draft or not is_signed(session, get_filled(session)):
            raise NotSignedYet
        supplying.fetch_materials(draft_key=session.draft, actor=who, at=at)
        receipt = applicant.submit(
            draft_key=session.draft,
            idempotency_key=f"counter-{session.key}",
            actor=who,
            at=at,
            by_person=by_person,
            channel="WINDOW",
        )
        session = _note_case(session, receipt.case_key, actor, at)
    machine.after_submission(case_key=session.case_key, actor=machine.RULES, at=at)
    machine.write_receipt(case_key=session.case_key, actor=machine.RULES, at=at)
    if case_queries.get_inside(session.case_key).decided_at is not None:
        return _further(session, Outcome.DECIDED, actor, at)
    return session


@transaction.atomic
def _note_case(session: SessionView, case_key: str, actor: Actor, at: datetime) -> SessionView:
    case = f"case:{case_key}"
    if session.signature_file:
        files.attach(key=session.signature_file, subject=case, at=at)
    return halls.note_case(
        session=session.key, case=case, outcome=Outcome.RECEIVED, actor=actor, at=at
    )


def accept(*, session_key: str, version: int, actor: Actor, at: datetime) -> CaseView:
    """受理, with the person still here. Refusals: those of ``journey.accept``, ``NotFound`` before 收件."""
    session = _with_case(session_key, actor)
    case = acceptance.accept(case_key=session.case_key, version=version, actor=actor, at=at)
    _further(session, Outcome.ACCEPTED, actor, at)
    return case


def return_for_correction(
    *, session_key: str, version: int, problems: Sequence[str], actor: Actor, at: datetime
) -> CaseView:
    """一次告知补正, printed on the spot. Refusals: those of ``journey.return_for_correction``."""
    session = _with_case(session_key, actor)
    case = acceptance.return_for_correction(
        case_key=session.case_key, version=version, problems=problems, actor=actor, at=at
    )
    _further(session, Outcome.RETURNED, actor, at)
    return case


def hand_back(
    *, session_key: str, version: int, problems: Sequence[str], actor: Actor, at: datetime
) -> CaseView:
    """登记类退回材料, told once. Refusals: those of ``journey.hand_back``."""
    session = _with_case(session_key, actor)
    case = acceptance.hand_back(
        case_key=session.case_key, version=version, problems=problems, actor=actor, at=at
    )
    _further(session, Outcome.RETURNED, actor, at)
    return case


def consult(
    *,
    session_key: str,
    item_code: str,
    questions: Mapping[str, str],
    remark: str,
    actor: Actor,
    at: datetime,
) -> ConsultationView:
    """咨询: no application, a 一次性告知单. Who asks need not say who he is. Refuses ``NotFound``."""
    session = hall_queries.get_open_session(session_key, actor)
    version = catalogue.get_item(item_code, on=legal_date(at))
    told = telling.told_about(version, questions, remark=remark[:500])
    with transaction.atomic():
        return halls.note_consultation(
            session=session.key, told=told, addressee=_called(session),
            actor=actor, at=at,
        )  # fmt: skip


def _called(session: SessionView) -> str:
    """Whom the notice is for: by the whole name, once it is known."""
    return libraries.get_name(session.applicant) if session.applicant else "来访群众"


def _with_case(session_key: str, actor: Actor) -> SessionView:
    session = hall_queries.get_open_session(session_key, actor)
    if not session.case:
        raise NotFound("还没有收件。", "请先收件，再受理。")
    return session


@transaction.atomic
def _further(session: SessionView, outcome: Outcome, actor: Actor, at: datetime) -> SessionView:
    return halls.note_outcome(session=session.key, outcome=outcome, actor=actor, at=at)
