"""Putting a breach on record, asking for its repair, and answering."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, TypeVar

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party
from yiwang.support.credit import queries
from yiwang.support.credit.definitions import ANSWER_WITHIN, BREACH, REPAIR, BreachView
from yiwang.support.credit.events import (
    BreachEvent,
    BreachRecorded,
    BreachRepaired,
    RepairAsked,
    RepairDeclined,
)
from yiwang.support.credit.models import Breach

Fact = TypeVar("Fact", bound=BreachEvent)
#: Who answers for the body.
_ANSWERING: Final = frozenset({Role.APPROVER, Role.HEAD})


def record_breach(
    *,
    applicant: str,
    source: str,
    case: str,
    item_name: str,
    division_code: str,
    department: str,
    department_name: str,
    serious: bool,
    words: str,
    actor: Actor,
    at: datetime,
) -> BreachView:
    """A commitment (``source``) was not kept: on record once, shown to whom it is about."""
    row, created = Breach.objects.get_or_create(
        source=source,
        defaults={
            "applicant": applicant,
            "case": case,
            "item_name": item_name,
            "division_code": division_code,
            "department": department,
            "department_name": department_name,
            "serious": serious,
            "words": words,
            "recorded_at": at,
            "recorded_by": actor.reference,
            "notes": [],
        },
    )
    if created:
        _announce(row, BreachRecorded, actor, at)
    return queries.view_of(row)


def ask_repair(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> BreachView:
    """信用修复: the person says what was put right; the body answers within its term.

    Refusals: ``NotFound``, ``InvalidInput`` (nothing said), ``CannotDo``, ``VersionConflict``.
    """
    if actor.kind not in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        raise NotAllowed
    row = _locked(key, actor)
    _move(row, "ask_repair", Party.APPLICANT, version, words, at)
    known = clock_queries.find_clock(subject=row.reference, kind=REPAIR, at=at)
    begin = clocks.start if known is None else clocks.restart
    due = begin(subject=row.reference, kind=REPAIR, allowance=ANSWER_WITHIN, at=at, actor=actor)
    _set_due(row, due)
    _announce(row, RepairAsked, actor, at, answer_by=due.isoformat())
    return queries.view_of(row)


def repair(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> BreachView:
    """The body agrees: the record stays, what it closed is open again."""
    row = _answer(key, "repair", version, words, actor, at, repaired_at=at)
    _announce(row, BreachRepaired, actor, at)
    return queries.view_of(row)


def decline_repair(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> BreachView:
    """The body does not agree, with reasons; the person may ask again."""
    row = _answer(key, "decline_repair", version, words, actor, at)
    _announce(row, RepairDeclined, actor, at)
    return queries.view_of(row)


def _answer(
    key: str, act: str, version: int, words: str, actor: Actor, at: datetime, **changes: object
) -> Breach:
    row = _locked(key, actor)
    if not _ANSWERING & actor.roles_at(row.division_code, row.department):
        raise NotAllowed
    if row.applicant in {actor.reference, actor.person}:
        raise NotAllowed("这是您自己的记录，不能由您来答复。", "请交给其他工作人员办理。")
    _move(row, act, Party.OFFICIAL, version, words, at, due_on=None, **changes)
    clocks.stop(subject=row.reference, kind=REPAIR, at=at, actor=actor)
    return row


def _locked(key: str, actor: Actor) -> Breach:
    row = Breach.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def _move(
    row: Breach, act: str, party: Party, version: int, words: str, at: datetime, **changes: object
) -> None:
    if not words.strip():
        raise InvalidInput("没有写明理由。", "请写明理由。")
    note = {"at": at.isoformat(), "act": act, "words": words.strip()}
    states.move(
        row,
        machine=BREACH,
        act=act,
        role=party,
        version=version,
        facts={},
        changes={"notes": [*row.notes, note], **changes},
    )


def _set_due(row: Breach, due: date) -> None:
    Breach.objects.filter(pk=row.pk).update(due_on=due)
    row.due_on = due


def _announce(
    row: Breach, event: type[Fact], actor: Actor, at: datetime, **more: str | int | bool
) -> None:
    fact = event(
        subject=row.reference,
        at=at,
        applicant=row.applicant,
        case=row.case,
        division_code=row.division_code,
        department=row.department,
        serious=row.serious,
        **more,
    )
    journal.announce(fact, actor=actor)
