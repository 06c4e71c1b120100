"""What is on record: for whom it is about, for the body that recorded it, and for the doors it closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from yiwang.kernel.actor import Actor
from yiwang.kernel.references import split
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.support.credit.definitions import (
    BREACH,
    REPAIR,
    BreachNote,
    BreachState,
    BreachView,
)
from yiwang.support.credit.models import Breach

_LABELS: Final[Mapping[str, str]] = {
    "ask_repair": "申请修复",
    "repair": "同意修复",
    "decline_repair": "不同意修复",
}


def has_open_serious_breach(applicant: str) -> bool:
    """Is a serious breach of this person or firm on record and not repaired? Nothing else is asked."""
    return (
        Breach.objects.filter(applicant=applicant, serious=True)
        .exclude(state=BreachState.REPAIRED)
        .exists()
    )


def list_breaches(
    actor: Actor, *, at: datetime, state: str = "", after: int = 0, limit: int = 50
) -> tuple[BreachView, ...]:
    """Breaches the actor may see, newest first; ``state`` narrows."""
    rows = Breach.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    if after:
        rows = rows.filter(pk__lt=after)
    page = list(rows.order_by("-id")[: min(limit, 200)])
    found = clocks.find_clocks(subjects=[row.reference for row in page], at=at)
    return tuple(view_of(row, found[row.reference]) for row in page)


def get_breach(key: str, actor: Actor, *, at: datetime) -> BreachView:
    """One breach the actor may see; ``NotFound``."""
    row = Breach.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return view_of(row, clocks.find_clocks(subjects=[row.reference], at=at)[row.reference])


def words_for(reference: str) -> tuple[str, str, str]:
    """(item, body, last words) of a record, for the message to whom it is about."""
    row = Breach.objects.get(key=split(reference)[1])
    return row.item_name, row.department_name, row.notes[-1]["words"] if row.notes else ""


def view_of(row: Breach, found: tuple[ClockView, ...] = ()) -> BreachView:
    """A row as it may be shown."""
    running = (c for c in found if c.kind == REPAIR and c.stopped_on is None)
    return BreachView(
        key=row.key,
        reference=row.reference,
        case=row.case,
        item_name=row.item_name,
        department_name=row.department_name,
        serious=row.serious,
        words=row.words,
        state=row.state,
        state_label=BREACH.labels[row.state],
        version=row.version,
        recorded_at=row.recorded_at,
        due_on=row.due_on,
        clock=next(running, None),
        notes=tuple(
            BreachNote(datetime.fromisoformat(n["at"]), _LABELS[n["act"]], n["words"])
            for n in row.notes
        ),
        position=row.pk,
    )
