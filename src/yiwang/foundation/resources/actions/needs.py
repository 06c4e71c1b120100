"""What published items ask of others, told downward by whoever publishes items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from yiwang.foundation.resources.definitions import Need
from yiwang.foundation.resources.models import DataNeed
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def note_needs(
    *,
    item_code: str,
    item_name: str,
    department: str,
    department_name: str,
    needs: Sequence[Need],
    actor: Actor,
    at: datetime,
) -> int:
    """Replace what one item needs; returns how many data it is. The same again changes nothing.

    A source is told as the data it answers from; one that follows rules only is no need, one nobody
    described stays under its own name, without a datum, and shows in the census.
    """
    rows = {(row.element, row.label): row for row in _rows(needs)}
    fresh = [
        DataNeed(
            item_code=item_code,
            item_name=item_name,
            department=department,
            department_name=department_name,
            element=row.element,
            label=row.label[:200],
            why=row.why[:200],
            basis=row.basis[:200],
            paper=row.paper,
        )
        for row in rows.values()
    ]
    known = DataNeed.objects.select_for_update().filter(item_code=item_code).order_by("id")
    if [_said(row) for row in known] == [_said(row) for row in fresh]:
        return len(fresh)
    known.delete()
    DataNeed.objects.bulk_create(fresh)
    journal.record(
        actor=actor,
        act="resources.note_needs",
        subject=reference("item", item_code),
        at=at,
        facts={"needs": len(fresh), "department": department},
    )
    return len(fresh)


def _rows(needs: Sequence[Need]) -> list[Need]:
    found: list[Need] = []
    for need in needs:
        elements: tuple[str, ...] | None = (need.element,) if need.element else None
        if elements is None and need.source:
            elements = standards.elements_of(need.source)
        if elements is None:
            found.append(need)
            continue
        names = standards.find_elements(elements)
        if need.element and need.element not in names:  # nobody described it: it must not vanish
            found.append(replace(need, element=""))
        found += [
            Need(need.source, names[one].name, need.why, need.basis, one, need.paper)
            for one in elements
            if one in names
        ]
    return found


def _said(row: DataNeed) -> tuple[str | bool, ...]:
    return (
        row.item_name, row.department, row.department_name, row.element, row.label, row.why,
        row.basis, row.paper,
    )  # fmt: skip
