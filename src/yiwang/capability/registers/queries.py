"""Reading the registers: a page, one entry, everything that leaves as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from yiwang.capability.registers.definitions import (
    BECAME_LABELS,
    MATTER_LABELS,
    RegisterEntryView,
    RegisterFilter,
    RegisterKind,
    RegisterRow,
)
from yiwang.capability.registers.models import RegisterEntry, RegisterEntrySet
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import SHANGHAI
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.references import split
from yiwang.kernel.refusals import NotFound


def list_entries(
    actor: Actor,
    *,
    kind: RegisterKind,
    filter: RegisterFilter | None = None,
    after: str = "",
    limit: int = 50,
) -> Page[RegisterRow]:
    """One register as this actor may see it, newest first; without reasons."""
    rows = narrowed(actor, kind, filter or RegisterFilter())
    if after:
        seen = RegisterEntry.objects.filter(key=after).values("id")[:1]
        rows = rows.filter(id__lt=seen)
    shown, following = cut(rows.defer("reason").order_by("-id")[: bounded(limit) + 1], limit)
    return Page(tuple(row_of(one) for one in shown), following)


def get_entry(key: str, actor: Actor) -> RegisterEntryView:
    """One entry with its reason; ``NotFound`` when it is not the actor's to see."""
    row = RegisterEntry.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return RegisterEntryView(row_of(row), row.reason)


def iterate_entries(
    actor: Actor, *, kind: RegisterKind, filter: RegisterFilter
) -> Iterator[RegisterEntryView]:
    """Everything of one register this actor may see, oldest first, with reasons."""
    rows = narrowed(actor, kind, filter).order_by("id")
    for row in rows.iterator(chunk_size=1000):
        yield RegisterEntryView(row_of(row), row.reason)


def narrowed(actor: Actor, kind: RegisterKind, wanted: RegisterFilter) -> RegisterEntrySet:
    rows = RegisterEntry.objects.visible_to(actor).filter(kind=kind)
    if wanted.since is not None:
        rows = rows.filter(happened_at__gte=datetime.combine(wanted.since, time(), SHANGHAI))
    if wanted.until is not None:
        end = datetime.combine(wanted.until + timedelta(days=1), time(), SHANGHAI)
        rows = rows.filter(happened_at__lt=end)
    return rows.filter(item_code=wanted.item_code) if wanted.item_code else rows


def row_of(row: RegisterEntry) -> RegisterRow:
    return RegisterRow(
        key=row.key,
        kind=row.kind,
        matter=row.matter,
        matter_label=MATTER_LABELS[row.matter],
        case_key=split(row.case)[1],
        case_no=row.case_no,
        item_code=row.item_code,
        item_name=row.item_name,
        applicant_masked=row.applicant_masked,
        division_code=row.division_code,
        department_name=row.department_name,
        happened_at=row.happened_at,
        letter=row.letter,
        document=row.document,
        items=row.items,
        due_on=row.due_on,
        became=row.became,
        became_label=BECAME_LABELS[row.became],
        settled_at=row.settled_at,
    )
