"""Keeping one narrow row per open case: what lists and counts of a desk read instead of the cases.

Written in the transaction of the act or of the clock that changes it, so a list is never behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from yiwang.capability.cases import rules
from yiwang.capability.cases.definitions import ClockKind, HolderKind
from yiwang.capability.cases.definitions.profiles import State, Step
from yiwang.capability.cases.definitions.work import (
    LONGEST_NAME,
    MOST_FILTERS,
    NO_DAY,
    Turn,
    WorkFilter,
)
from yiwang.capability.cases.models import Case, CaseOpinion, CaseWork, SavedFilter
from yiwang.capability.cases.queries import standing
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import split
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.registry import keeps
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared

_BATCH: Final = 1000
#: The clocks that bind the body; the applicant's own (``supply``) does not.
_BINDING: Final = (ClockKind.ACCEPT, ClockKind.DECIDE, ClockKind.DELIVER)
#: ``official`` NULL: as it was. A row is new when its version of nothing else was deleted (xmax 0).
_KEEP: Final = """
INSERT INTO cases_work AS known (case_id, department, division_code, item_code, state, turn, chained,
    official, blocked, for_head, received_at, due_on, warns_on, paused)
SELECT id, department, division_code, item_code, state, %(turn)s, %(chained)s,
    coalesce(%(official)s::text, ''), decision_blocks > 0, %(for_head)s, received_at,
    %(due_on)s, %(warns_on)s, %(paused)s FROM cases_case WHERE key = %(key)s
ON CONFLICT (case_id) DO UPDATE SET department = excluded.department,
    division_code = excluded.division_code, state = excluded.state, turn = excluded.turn,
    chained = excluded.chained, official = coalesce(%(official)s::text, known.official),
    blocked = excluded.blocked, for_head = excluded.for_head
RETURNING (xmax = 0)
"""
_NO_DATES: Final = {"due_on": NO_DAY, "warns_on": NO_DAY, "paused": False}
_DROP: Final = """
DELETE FROM cases_work WHERE case_id = (SELECT id FROM cases_case WHERE key = %s)
"""
_DATE: Final = """
UPDATE cases_work SET due_on = %(due_on)s, warns_on = %(warns_on)s, paused = %(paused)s
WHERE case_id = (SELECT id FROM cases_case WHERE key = %(key)s)
"""


def keep(row: Case, *, actor: Actor, act: str = "", new: bool = False) -> None:
    """Write how a case, as its row now says, stands on the lists; off them when it is nobody's work.

    ``new``: it came in just now, so it is on none yet.
    """
    waits = row.by_rule and row.person_asked_at is not None and row.person_answered_at is None
    holder = standing.keeper_of(row)
    with_machine = holder is not None and holder.kind is HolderKind.MACHINE
    if not rules.at_work(row.state, with_machine=with_machine, person_waits=waits):
        prepared.run(_DROP, [row.key])
        return
    order = standing.order_for(row)
    turn = rules.turn_of(row.state, order=order, person_waits=waits)
    values = {
        "key": row.key,
        **(_dates(row.reference) if new else _NO_DATES),
        "turn": turn.value,
        "chained": order.chained,
        "official": _official(row, turn, order.chained, actor, act),
        "for_head": row.extension_asked_at is not None and row.extended_at is None,
    }
    if prepared.run(_KEEP, values) == [(True,)] and not new:
        keep_dates(row.reference)


def _official(row: Case, turn: Turn, chained: bool, actor: Actor, act: str) -> str | None:
    """Who goes on with it: who acted, if the next step is his too; who signed, when it comes back."""
    if actor.kind is not ActorKind.OFFICIAL or not act:
        return None
    held = rules.offices(actor, division_code=row.division_code, department=row.department)
    if rules.takes_up(held, turn, chained=chained):
        return actor.reference
    if act == Step.SEND_BACK:
        earlier = CaseOpinion.objects.filter(
            case=row, act=Step.FORWARD, place=rules.place_of(row.state)
        )
        return earlier.order_by("-id").values_list("by", flat=True).first() or ""
    return None if turn in (Turn.APPLICANT, Turn.SPECIAL) else ""


@keeps("case")
def keep_dates(subject: str) -> None:
    """A clock of a case changed: the day its work is due, and from when it is nearly due."""
    prepared.run(_DATE, {"key": split(subject)[1], **_dates(subject)})


def _dates(subject: str) -> dict[str, object]:
    binding = [one for one in clocks.list_dates(subject) if one.kind in _BINDING]
    running = [one for one in binding if not one.paused]
    if not binding:
        return {**_NO_DATES, "paused": True}
    first = (running or binding)[0]
    return {"due_on": first.due_on, "warns_on": first.warns_on, "paused": not running}


def mend(*, actor: Actor, at: datetime) -> int:
    """Put open cases on the lists that are on none, such as those from before there were lists."""
    del at
    missing = Case.objects.filter(
        state__in=(*rules.WAITING_FOR_OFFICIAL, *rules.WAITING_FOR_APPLICANT),
        casework=None,
        by_rule=False,
    ).exclude(state=State.SUBMITTED, instant=True, person_asked_at=None)
    keys = list(missing.order_by("id").values_list("key", flat=True)[:_BATCH])
    for key in keys:
        with transaction.atomic():
            keep(Case.objects.select_for_update().get(key=key), actor=actor)
    return len(keys)


def hand_over(*, official: str, taker: str, actor: Actor, at: datetime) -> int:
    """Every open case one official goes on with goes to another, each with an entry; how many.

    The caller has checked who may say so, and that the taker has an office there.
    """
    rows = CaseWork.objects.select_for_update().filter(official=official).select_related("case")
    moved = 0
    for row in rows.order_by("case"):
        journal.record(
            actor=actor,
            act="cases.handed_over",
            subject=row.case.reference,
            at=at,
            facts={"from": official, "to": taker},
        )
        moved += 1
    CaseWork.objects.filter(official=official).update(official=taker)
    return moved


def keep_filter(*, name: str, filter: WorkFilter, actor: Actor, at: datetime) -> str:
    """Keep a narrowed list under a name; its key. The same name again replaces what it says.

    Refusals: ``NotAllowed`` (no official), ``InvalidInput`` (no name, too long, too many).
    """
    if actor.kind is not ActorKind.OFFICIAL:
        raise NotAllowed
    named = " ".join(name.split())
    if not 0 < len(named) <= LONGEST_NAME:
        raise InvalidInput(f"筛选要有名称，不超过 {LONGEST_NAME} 字。", "请写一个短名称再保存。")
    mine = SavedFilter.objects.filter(official=actor.reference)
    if not mine.filter(name=named).exists() and mine.count() >= MOST_FILTERS:
        raise InvalidInput(f"最多保存 {MOST_FILTERS} 个筛选。", "请先删掉不用的。")
    row, _ = SavedFilter.objects.update_or_create(
        official=actor.reference, name=named, defaults={"says": _plain(filter), "kept_at": at}
    )
    return row.key


def forget_filter(*, key: str, actor: Actor, at: datetime) -> None:
    """Delete one of one's own filters. ``NotFound`` for others'."""
    del at  # a filter says nothing about a case: no entry
    deleted, _ = SavedFilter.objects.filter(official=actor.reference, key=key).delete()
    if not deleted:
        raise NotFound


def _plain(filter: WorkFilter) -> Mapping[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in asdict(filter).items()
        if value
    }
