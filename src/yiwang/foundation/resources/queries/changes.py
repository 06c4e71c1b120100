"""Changes the catalogue has to follow, and how far it has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yiwang.foundation.resources.definitions.changes import (
    CAUSE_LABELS,
    CHANGE,
    CHANGE_MACHINE,
    OF_AUTHORITY,
    ChangeState,
    ChangeView,
    LongerState,
)
from yiwang.foundation.resources.definitions.codes import CHECKERS, WRITERS
from yiwang.foundation.resources.models import CatalogueChange
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.states import rules as states
from yiwang.mechanisms.states.definitions import Party


def list_changes(
    actor: Actor,
    *,
    at: datetime,
    state: str = ChangeState.OPEN,
    after: str = "",
    limit: int = 50,
) -> Page[ChangeView]:
    """Changes of the actor's body or place, newest first."""
    rows = CatalogueChange.objects.visible_to(actor).filter(state=state)
    if after:
        rows = rows.filter(id__lt=CatalogueChange.objects.filter(key=after).values("id")[:1])
    page = rows.select_related("resource").order_by("-id")[: bounded(limit) + 1]
    shown, following = cut(page, limit)
    found = clocks.find_clocks(subjects=[row.reference for row in shown], at=at)
    return Page(tuple(change_of(row, actor, found[row.reference]) for row in shown), following)


def get_change(key: str, actor: Actor, *, at: datetime) -> ChangeView:
    """One change; NotFound."""
    row = CatalogueChange.objects.visible_to(actor).select_related("resource").filter(key=key)
    found = row.first()
    if found is None:
        raise NotFound
    running = clocks.find_clocks(subjects=[found.reference], at=at)[found.reference]
    return change_of(found, actor, running)


def facts_of(row: CatalogueChange) -> Mapping[str, bool]:
    """What the guards of its table ask for."""
    return {
        "longer_asked": row.longer != LongerState.NO,
        "longer_open": row.longer == LongerState.ASKED,
    }


def change_of(row: CatalogueChange, actor: Actor, found: tuple[ClockView, ...] = ()) -> ChangeView:
    """A row as who may see it sees it."""
    running = (one for one in found if one.kind == CHANGE and one.stopped_on is None)
    return ChangeView(
        key=row.key,
        reference=row.reference,
        resource=row.resource.key if row.resource else "",
        resource_name=row.resource.name if row.resource else "",
        department=row.department,
        department_name=row.department_name,
        division_code=row.division_code,
        cause=row.cause,
        cause_label=CAUSE_LABELS[row.cause],
        basis=row.basis,
        what=row.what,
        happened_on=row.happened_on,
        state=row.state,
        state_label=CHANGE_MACHINE.labels[row.state],
        version=row.version,
        longer=row.longer,
        longer_words=row.longer_words,
        due_on=row.due_on,
        done_at=row.done_at,
        done_words=row.done_words,
        clock=next(running, None),
        acts=_acts(row, actor),
    )


def _acts(row: CatalogueChange, actor: Actor) -> tuple[tuple[str, str], ...]:
    held = actor.roles_at(row.division_code, row.department)
    names = states.allowed_acts(
        CHANGE_MACHINE, state=row.state, role=Party.OFFICIAL, facts=facts_of(row)
    )
    return tuple(
        (name, states.label_of(CHANGE_MACHINE, name))
        for name in names
        if held & set(CHECKERS if name in OF_AUTHORITY else WRITERS)
    )
