"""What the catalogue says of a service's fields: kept with the service, so that the fast path reads one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.foundation.exchange.checks import tell_fast_path
from yiwang.foundation.exchange.definitions import ServiceKind
from yiwang.foundation.exchange.models import Service
from yiwang.foundation.resources import queries as resources
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import actions as journal


def grades_of(
    *, resource: str, kind: str, fields: Sequence[Mapping[str, Any]]
) -> dict[str, list[int | str]]:
    """{name: [grade, rule]} of each field; none of a verification, which hands no value out."""
    if kind == ServiceKind.VERIFY:
        return {}
    named = {str(field["name"]): str(field.get("title", "")) for field in fields}
    known = resources.list_grades(resource, named)
    return {name: [grade, mask] for name, (grade, mask) in known.items()}


@transaction.atomic
def regrade(*, resource: str, actor: Actor, at: datetime) -> int:
    """A version of a resource is in force: its services hide from now on what it says; how many changed.

    Twice is once.
    """
    count = 0
    for row in Service.objects.select_for_update().filter(resource=resource).order_by("pk"):
        grades = grades_of(resource=resource, kind=row.kind, fields=row.fields)
        if grades == row.grades:
            continue
        row.grades = grades
        row.save(update_fields=["grades"])
        journal.record(
            actor=actor, act="exchange.regrade", subject=row.reference, at=at,
            facts={"resource": resource},
        )  # fmt: skip
        count += 1
    if count:
        tell_fast_path()
    return count
