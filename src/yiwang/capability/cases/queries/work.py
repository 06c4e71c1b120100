"""Worklists and their counts: from the narrow rows of open cases, never from the cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q

from yiwang.capability.cases import rules
from yiwang.capability.cases.definitions import CaseRow, PhraseRow
from yiwang.capability.cases.definitions.work import (
    COUNTED_UP_TO,
    NO_DAY,
    PHASES,
    Kept,
    Light,
    Order,
    Phase,
    SavedFilterRow,
    Turn,
    WorkFilter,
    WorkList,
)
from yiwang.capability.cases.models import Case, CaseWork, SavedFilter, WorkSet
from yiwang.capability.cases.queries import views
from yiwang.capability.cases.queries.views import SHOWN
from yiwang.kernel.actor import CASE_STAFF, Actor, Role
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.kernel.pages import Page, bounded
from yiwang.kernel.places import significant_prefix
from yiwang.kernel.refusals import NotFound
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.statements import queries as counting
from yiwang.mechanisms.statements.definitions import Count

_KEPT: Final = """
SELECT 'filter', key, name, says::text FROM cases_saved_filter WHERE official = %(official)s
UNION ALL SELECT * FROM (
    SELECT 'phrase', key, text, '' FROM cases_phrase WHERE official = %(official)s ORDER BY id
) AS phrases
"""


def list_work(
    actor: Actor,
    *,
    at: datetime,
    filter: WorkFilter | None = None,
    after: str = "",
    limit: int = 50,
) -> Page[CaseRow]:
    """A page of the open cases of one's body, the soonest due first; two statements.

    ``after``: the mark of the page before; one that means nothing is ``NotFound``.
    """
    wanted = filter or WorkFilter()
    found = _narrowed(_listed(actor, wanted.list, legal_date(at)), wanted, legal_date(at))
    return _page(found, wanted.order, at=at, after=after, limit=limit)


def list_overseen(
    actor: Actor,
    *,
    at: datetime,
    filter: WorkFilter | None = None,
    department: str = "",
    after: str = "",
    limit: int = 50,
) -> Page[CaseRow]:
    """The same for whoever oversees bodies, a leader too: masked rows, no way into a case."""
    wanted = filter or WorkFilter(WorkList.DEPARTMENT)
    rows = CaseWork.objects.visible_to(actor)
    if department:
        rows = rows.filter(department=department)
    today = legal_date(at)
    rows = _narrowed(rows.filter(_of_list(wanted.list, today)), wanted, today)
    return _page(rows, wanted.order, at=at, after=after, limit=limit)


def count_work(actor: Actor, *, at: datetime) -> Mapping[WorkList, int]:
    """How many each list has, counted up to ``COUNTED_UP_TO``; one statement."""
    return dict(zip(WorkList, counting.count(work_counts(actor, at=at)), strict=True))


def work_counts(actor: Actor, *, at: datetime) -> tuple[Count, ...]:
    """How each list of ``WorkList`` is counted, in its order; for a page that counts more beside."""
    return _counts(replace(actor, request_id=""), legal_date(at))


@lru_cache(maxsize=256)
def _counts(actor: Actor, today: date) -> tuple[Count, ...]:
    """The words of the statements only: they follow from the rights and the day, the numbers do not."""
    return tuple(counting.bounded(_listed(actor, one, today)) for one in WorkList)


def count_filtered(actor: Actor, *, at: datetime, filter: WorkFilter) -> int:
    """How many a narrowed list has, counted up to ``COUNTED_UP_TO``."""
    today = legal_date(at)
    rows = _narrowed(_listed(actor, filter.list, today), filter, today)
    return counting.count([counting.bounded(rows)])[0]


def list_kinds(actor: Actor) -> tuple[tuple[str, str], ...]:
    """The items one's body has open cases of: code and name; for the choice of a filter."""
    rows = CaseWork.objects.in_charge_of(actor).order_by("item_code")
    firsts = rows.distinct("item_code").values_list("item_code", "case__item_name")
    return tuple(firsts[:200])


def list_filters(actor: Actor) -> tuple[SavedFilterRow, ...]:
    """The filters this official keeps, in the order of their names."""
    mine = SavedFilter.objects.filter(official=actor.reference).order_by("name")
    return tuple(SavedFilterRow(row.key, row.name, _filter_of(row.says)) for row in mine)


def get_kept(actor: Actor) -> Kept:
    """What this official keeps for his work, one statement: his filters and his phrases."""
    filters, phrases = [], []
    for kind, key, said, says in prepared.run(_KEPT, {"official": actor.reference}):
        if kind == "filter":
            filters.append(SavedFilterRow(key, said, _filter_of(json.loads(says))))
        else:
            phrases.append(PhraseRow(key, said))
    return Kept(tuple(sorted(filters, key=lambda one: one.name)), tuple(phrases))


def get_filter(key: str, actor: Actor) -> SavedFilterRow:
    """One of one's own filters; ``NotFound`` for others'."""
    row = SavedFilter.objects.filter(official=actor.reference, key=key).first()
    if row is None:
        raise NotFound
    return SavedFilterRow(row.key, row.name, _filter_of(row.says))


def _listed(actor: Actor, which: WorkList, today: date) -> WorkSet:
    rows = CaseWork.objects.in_charge_of(actor)
    if which is WorkList.MINE:
        return rows.filter(_mine(actor))
    return rows.filter(_of_list(which, today))


def _of_list(which: WorkList, today: date) -> Q:
    if which is WorkList.OVERDUE:
        return _of_light(Light.RED, today)
    if which is WorkList.SOON:
        return _of_light(Light.YELLOW, today)
    if which is WorkList.APPLICANT:
        return Q(turn=Turn.APPLICANT)
    if which is WorkList.OTHERS:
        return Q(turn=Turn.SPECIAL) | Q(blocked=True)
    if which is WorkList.STANDING:
        return Q(paused=True, due_on__lt=NO_DAY)
    return Q()


def _mine(actor: Actor) -> Q:
    """Waits for a step of one's own offices, and nobody else of the body has begun it."""
    condition = Q(pk__in=[])
    for role in CASE_STAFF:
        if not actor.has_role(role):
            continue
        step = Q(turn__in=rules.TURNS.get(role, ()))
        if role is Role.APPROVER:
            step |= Q(turn__in=rules.WITHOUT_CHAIN, chained=False)
        if role is Role.HEAD:
            condition |= Q(for_head=True) & scope_filter(actor, roles=(role,))
            continue
        condition |= (
            step & scope_filter(actor, roles=(role,)) & Q(official__in=["", actor.reference])
        )
    return condition


def _of_light(light: Light, today: date) -> Q:
    if light is Light.STANDING:
        return Q(paused=True)
    if light is Light.RED:
        return Q(paused=False, due_on__lt=today)
    if light is Light.YELLOW:
        return Q(paused=False, due_on__gte=today, warns_on__lte=today)
    return Q(paused=False, due_on__gte=today, warns_on__gt=today)


def _narrowed(rows: WorkSet, wanted: WorkFilter, today: date) -> WorkSet:
    if wanted.item_code:
        rows = rows.filter(item_code=wanted.item_code)
    if wanted.division_code:
        rows = rows.filter(division_code__startswith=significant_prefix(wanted.division_code))
    if wanted.light:
        rows = rows.filter(_of_light(Light(wanted.light), today))
    if wanted.phase:
        rows = rows.filter(state__in=PHASES[Phase(wanted.phase)])
    if wanted.received_from:
        rows = rows.filter(received_at__gte=_midnight(wanted.received_from))
    if wanted.received_until:
        rows = rows.filter(received_at__lt=_midnight(wanted.received_until + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _page(rows: WorkSet, order: Order, *, at: datetime, after: str, limit: int) -> Page[CaseRow]:
    if after:
        rows = _beyond(rows, order, after)
    rows = (
        rows.order_by("case_id") if order is Order.RECEIVED else rows.order_by("due_on", "case_id")
    )
    most = bounded(limit)
    columns = ("due_on", *(f"case__{name}" for name in SHOWN))
    found = list(rows.values_list(*columns)[: most + 1])
    shown = [Case.from_db(rows.db, SHOWN, values) for _, *values in found[:most]]
    today = legal_date(at)
    clocks_of = clocks.find_clocks(subjects=[row.reference for row in shown], at=at, brief=True)
    last_day = found[most - 1][0] if len(found) > most else None
    return Page(
        rows=tuple(
            views.row_view(row, views.leading(clocks_of[row.reference]), today) for row in shown
        ),
        next=f"{last_day:%Y%m%d}{shown[-1].key}" if last_day else "",
    )


def _beyond(rows: WorkSet, order: Order, after: str) -> WorkSet:
    """Behind the last row of the page before, even when that row has left the list."""
    try:
        day = datetime.strptime(after[:8], "%Y%m%d").replace(tzinfo=SHANGHAI).date()
    except ValueError as error:
        raise NotFound from error
    last = Case.objects.filter(key=after[8:]).values_list("id", flat=True).first()
    if last is None:
        raise NotFound
    if order is Order.RECEIVED:
        return rows.filter(case_id__gt=last)
    return rows.filter(Q(due_on__gte=day) & (Q(due_on__gt=day) | Q(case_id__gt=last)))


def _filter_of(says: Mapping[str, Any]) -> WorkFilter:
    days = {
        name: date.fromisoformat(says[name])
        for name in ("received_from", "received_until")
        if name in says
    }
    return WorkFilter(
        list=WorkList(says["list"]),
        item_code=says.get("item_code", ""),
        division_code=says.get("division_code", ""),
        light=says.get("light", ""),
        phase=says.get("phase", ""),
        order=Order(says.get("order", Order.DUE)),
        **days,
    )


def count_held_by(official: str) -> int:
    """How many open cases one official goes on with, counted up to ``COUNTED_UP_TO``."""
    return CaseWork.objects.filter(official=official)[:COUNTED_UP_TO].count()


def has_open_work(*, department: str, division_code: str) -> bool:
    """Has a body any open case in a place?"""
    prefix = significant_prefix(division_code)
    rows = CaseWork.objects.filter(department=department, division_code__startswith=prefix)
    return rows.exists()
