"""From a handed-in application to a case with a number; and opening a case to read it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from yiwang.capability.cases.actions import work
from yiwang.capability.cases.actions.moving import announce
from yiwang.capability.cases.definitions import AnswerRow, Application, CaseView, Receipt
from yiwang.capability.cases.definitions.profiles import machine_of
from yiwang.capability.cases.events import CaseSubmitted
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries.inside import row_of
from yiwang.capability.cases.queries.one import receipt_of, view_of
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal.definitions import READ
from yiwang.mechanisms.statements import prepared

_NUMBER: Final = """
INSERT INTO cases_series (series, last) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last = cases_series.last + 1 RETURNING last
"""
#: More than a place gives in a day.
_SKIPPED: Final = 20_000
_SKIP: Final = """
INSERT INTO cases_series (series, last)
SELECT DISTINCT left(series, 6) || day, %s::integer FROM cases_series, unnest(%s::text[]) AS day
ON CONFLICT (series) DO UPDATE SET last = cases_series.last + %s RETURNING last
"""
_ANSWER: Final = tuple(field.name for field in fields(AnswerRow))


def open_case(
    *,
    key: str,
    application: Application,
    idempotency_key: str,
    body_digest: str,
    at: datetime,
    actor: Actor,
    answer_by: date | None = None,
    provisional: bool = False,
) -> Receipt:
    """An application becomes exactly one case, with a number of its division and day.

    ``key``: the case's key, made by the caller; ``answer_by``: what its clock says. The unique keys (actor, idempotency key) and (draft)
    make a second case impossible.
    """
    machine = machine_of(application.profile)
    row = Case(
        key=key,
        state=machine.initial,
        profile=application.profile,
        machine_version=machine.version,
        item_code=application.item_code,
        item_version=application.item_version,
        item_name=application.item_name,
        instant=application.instant,
        applicant=actor.applicant,
        applicant_masked=application.applicant_masked,
        submitted_by=actor.reference,
        on_behalf_of=actor.on_behalf_of or "",
        channel=application.channel,
        division_code=application.division_code,
        department=application.department,
        department_name=application.department_name,
        draft_key=application.draft_key,
        idempotency_key=idempotency_key,
        body_digest=body_digest,
        content=_content(application, actor),
        received_at=at,
        person_asked_at=at if application.by_person else None,
        body=application.body,
        body_name=application.body_name,
        silence_at=application.silence_at,
        acts_on=application.acts_on,
    )
    row.case_no = take_number(application.division_code, at)
    prepared.add(row)
    if not row.instant or application.by_person:
        work.keep(row, actor=actor, new=True)
    announce(row, CaseSubmitted, actor=actor, at=at, instant=row.instant)
    return receipt_of(row, answer_by=answer_by, provisional=provisional)


def take_number(division_code: str, at: datetime) -> str:
    """Division, day and the next number of that series; the series stays locked until the end."""
    series = f"{division_code[:6]}{legal_date(at):%Y%m%d}"
    [(number,)] = prepared.run(_NUMBER, [series])
    return f"{series}{number:05d}"


def skip_numbers(*, since: datetime, at: datetime) -> int:
    """After a restore: numbers given since that moment are on receipts that are lost; none comes again.

    Every place that ever gave numbers goes on far behind what it can have given on each of those days.
    Returns how many series were moved.
    """
    day, last = legal_date(since), legal_date(at)
    series = []
    while day <= last:
        series.append(f"{day:%Y%m%d}")
        day += timedelta(days=1)
    return len(prepared.run(_SKIP, [_SKIPPED, series, _SKIPPED]))


def read_case(*, case_key: str, actor: Actor, at: datetime) -> CaseView:
    """Open a case to work on it: everything unmasked, and a journal entry saying who looked.

    Refusals: ``NotFound``, also for a body that is only asked (``queries.get_shared_case``).
    """
    row = row_of(case_key)
    if not row.is_open_to(actor):
        raise NotFound
    if actor.kind is ActorKind.OFFICIAL or actor.mandate is not None:
        with transaction.atomic():
            journal.record(
                actor=actor,
                act=READ,
                subject=row.reference,
                at=at,
                purpose="办理申请" if actor.mandate is None else "代办",
                subjects=[row.applicant],
            )
    return view_of(row, actor, at=at, unmasked=True)


def _content(application: Application, actor: Actor) -> dict[str, object]:
    acted_on = {"acts_on": application.earlier, "effect": application.effect}
    hand = actor.mandate.hand if actor.mandate else ""
    return {
        **(acted_on if application.earlier else {}),
        **({"hand": hand} if hand else {}),
        "answers": dict(application.answers),
        "rows": [{name: getattr(row, name) for name in _ANSWER} for row in application.answer_rows],
        "applicant_name": application.applicant_name,
        "result_kind": application.result_kind,
        "result_label": application.result_label,
        "review_body": application.review_body,
    }
