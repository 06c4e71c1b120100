"""One step of one case: lock, check who, move along the table, announce."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from yiwang.capability.cases import rules
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import CaseEvent
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries import views
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states

Fact = TypeVar("Fact", bound=CaseEvent)


class NotYourOwnCase(NotAllowed):
    """Approver is not applicant."""

    sentence = "这是您自己的申请，不能由您来办理。"
    remedy = "请交给其他工作人员办理。"


def locked(key: str, actor: Actor) -> Case:
    """The case's row, locked until the transaction ends; ``NotFound`` when not visible."""
    row = Case.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def step(
    row: Case,
    act: Step,
    *,
    actor: Actor,
    version: int | None = None,
    changes: Mapping[str, object] | None = None,
    facts: Mapping[str, bool] | None = None,
) -> None:
    """Move a locked case one step. ``version``: what the actor saw; the platform itself sees the row.

    Refusals: ``NotAllowed`` (role), ``NotYourOwnCase``, ``VersionConflict``, ``CannotDo``.
    """
    party = rules.party_of(actor, applicant=row.applicant)
    if party is None or not rules.may_take(actor, act):
        raise NotAllowed
    if rules.is_own_case(actor, applicant=row.applicant, submitted_by=row.submitted_by):
        raise NotYourOwnCase
    states.move(
        row,
        machine=views.machine_for(row),
        act=act,
        role=party,
        version=row.version if version is None else version,
        facts=views.facts_of(row, **(facts or {})),
        changes=changes,
    )


def announce(
    row: Case, event: type[Fact], *, actor: Actor, at: datetime, **more: str | int | bool
) -> None:
    """Tell the journal, with what every case event carries."""
    fact = event(
        subject=row.reference,
        at=at,
        case_no=row.case_no,
        item_code=row.item_code,
        item_version=row.item_version,
        profile=row.profile,
        applicant=row.applicant,
        division_code=row.division_code,
        department=row.department,
        version=row.version,
        **more,
    )
    journal.announce(fact, actor=actor)


def required(text: str, what: str) -> str:
    """A reason that must be given in writing."""
    if not text.strip():
        raise InvalidInput(f"没有写明{what}。", f"请写明{what}后再办理。")
    return text.strip()
