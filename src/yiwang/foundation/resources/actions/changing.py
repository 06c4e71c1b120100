"""A change of law or duties is noted, and the catalogue follows within ten working days (条例 17)."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction

from yiwang.foundation.resources.definitions.changes import (
    CHANGE,
    CHANGE_MACHINE,
    CHANGE_WITHIN,
    LONGER,
    LONGEST_WORDS,
    OF_AUTHORITY,
    Cause,
    ChangeState,
    ChangeView,
    LongerState,
)
from yiwang.foundation.resources.definitions.codes import CHECKERS, KEEPERS, WRITERS
from yiwang.foundation.resources.events import (
    ChangeDone,
    ChangeEvent,
    ChangeLate,
    ChangeLongerAnswered,
    ChangeLongerAsked,
    ChangeNearlyDue,
    ChangeNoted,
)
from yiwang.foundation.resources.models import CatalogueChange, Resource
from yiwang.foundation.resources.queries.changes import change_of, facts_of
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.kernel.references import split
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party
from yiwang.network.directory import queries as directory


@transaction.atomic
def note_change(
    *,
    department: str,
    cause: str,
    basis: str,
    what: str,
    happened_on: date,
    actor: Actor,
    at: datetime,
    resource: str = "",
) -> ChangeView:
    """A body's catalogue has to follow a change of that day; by its data officer or the authority.

    ``resource``: the key of what has to change, "" where there is no entry yet. Refusals: InvalidInput,
    NotAllowed, NotFound.
    """
    _insist_said(cause, basis, what, happened_on, at)
    body = directory.get_department(department)
    if actor.kind is not ActorKind.MACHINE and not set(KEEPERS) & actor.roles_at(
        body.division_code, body.uscc
    ):
        raise NotAllowed("由本部门的数据专员或者主管部门登记。")
    found = Resource.objects.filter(key=resource, department=body.uscc).first()
    if resource and found is None:
        raise NotFound
    row = CatalogueChange.objects.create(
        resource=found, department=body.uscc, department_name=body.name,
        division_code=body.division_code, cause=cause, basis=basis.strip(), what=what.strip(),
        happened_on=happened_on, recorded_by=actor.reference, recorded_at=at, due_on=happened_on,
    )  # fmt: skip
    since = min(datetime.combine(happened_on, time(12), SHANGHAI), at)
    due = clocks.start(
        subject=row.reference, kind=CHANGE, allowance=CHANGE_WITHIN, at=since, actor=actor
    )
    _due(row, due)
    _announce(row, ChangeNoted, actor, at, cause=cause)
    return change_of(row, actor)


@transaction.atomic
def ask_longer(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> ChangeView:
    """For a special reason five working days more. Refusals: NotFound, NotAllowed, InvalidInput, CannotDo,
    VersionConflict."""
    said = _words(words)
    row = _move(key, "ask_longer", version, actor, longer=LongerState.ASKED, longer_words=said)
    _announce(row, ChangeLongerAsked, actor, at)
    return change_of(row, actor)


@transaction.atomic
def consent_longer(*, key: str, version: int, actor: Actor, at: datetime) -> ChangeView:
    """The authority consents. Refusals as ``ask_longer``."""
    row = _move(
        key, "consent_longer", version, actor, longer=LongerState.GRANTED, longer_by=actor.reference
    )
    _due(row, clocks.extend(subject=row.reference, kind=CHANGE, more=LONGER, at=at, actor=actor))
    _announce(row, ChangeLongerAnswered, actor, at, granted=True)
    return change_of(row, actor)


@transaction.atomic
def decline_longer(*, key: str, version: int, actor: Actor, at: datetime) -> ChangeView:
    """The authority does not consent: the day stays. Refusals as ``ask_longer``."""
    row = _move(
        key, "decline_longer", version, actor, longer=LongerState.DECLINED,
        longer_by=actor.reference,
    )  # fmt: skip
    _announce(row, ChangeLongerAnswered, actor, at, granted=False)
    return change_of(row, actor)


@transaction.atomic
def finish_change(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> ChangeView:
    """The body says how the catalogue followed. Refusals as ``ask_longer``."""
    said = _words(words)
    row = _move(key, "done", version, actor, done_at=at, done_by=actor.reference, done_words=said)
    _ended(row, actor, at)
    return change_of(row, actor)


def close_for(resource: Resource, *, actor: Actor, at: datetime) -> int:
    """A version of a resource was handed in: what had to change in it has changed; how many."""
    rows = CatalogueChange.objects.select_for_update().filter(
        resource=resource, state=ChangeState.OPEN
    )
    for row in rows:
        states.move(
            row, machine=CHANGE_MACHINE, act="done", role=Party.OFFICIAL, version=row.version,
            facts={}, changes={"done_at": at, "done_by": actor.reference, "done_words": "新版已报送"},
        )  # fmt: skip
        _ended(row, actor, at)
    return len(rows)


def note_change_limit(*, change: str, late: bool, at: datetime) -> bool:
    """``change``: its reference; False: none is open under it."""
    row = CatalogueChange.objects.filter(key=split(change)[1], state=ChangeState.OPEN).first()
    if row is None:
        return False
    _announce(row, ChangeLate if late else ChangeNearlyDue, machine("clock"), at)
    return True


def _ended(row: CatalogueChange, actor: Actor, at: datetime) -> None:
    clocks.stop(subject=row.reference, kind=CHANGE, at=at, actor=actor)
    _announce(row, ChangeDone, actor, at)


def _move(key: str, act: str, version: int, actor: Actor, **changes: object) -> CatalogueChange:
    row = CatalogueChange.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    needed = CHECKERS if act in OF_AUTHORITY else WRITERS
    if not set(needed) & actor.roles_at(row.division_code, row.department):
        raise NotAllowed("这一步不由您办。", "延长由主管部门定，其余由本部门数据专员办。")
    states.move(
        row, machine=CHANGE_MACHINE, act=act, role=Party.OFFICIAL, version=version,
        facts=facts_of(row), changes=changes,
    )  # fmt: skip
    return row


def _announce(
    row: CatalogueChange, event: type[ChangeEvent], actor: Actor, at: datetime, **more: str | bool
) -> None:
    fact = event(
        subject=row.reference, at=at, department=row.department, division_code=row.division_code,
        due_on=row.due_on.isoformat(), **more,
    )  # fmt: skip
    journal.announce(fact, actor=actor)


def _due(row: CatalogueChange, due: date) -> None:
    row.due_on = due
    CatalogueChange.objects.filter(pk=row.pk).update(due_on=due)


def _insist_said(cause: str, basis: str, what: str, happened_on: date, at: datetime) -> None:
    found = []
    if cause not in set(Cause):
        found.append(FieldProblem("cause", "还没有选原因。", "请选一项。"))
    if not 0 < len(basis.strip()) <= 300:
        found.append(FieldProblem("basis", "要写明依据哪个文件、哪一条。", "不超过 300 字。"))
    if not 0 < len(what.strip()) <= LONGEST_WORDS:
        found.append(FieldProblem("what", "要写明目录里什么要改。", f"不超过 {LONGEST_WORDS} 字。"))
    if happened_on > legal_date(at):
        found.append(FieldProblem("happened_on", "变动的日期还没有到。", "请写变动发生的那天。"))
    if found:
        raise InvalidInput(fields=found)


def _words(given: str) -> str:
    said = given.strip()
    if not 0 < len(said) <= LONGEST_WORDS:
        problem = FieldProblem("words", "还没有写。", f"请写清楚，不超过 {LONGEST_WORDS} 字。")
        raise InvalidInput(fields=[problem])
    return said
