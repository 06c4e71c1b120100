"""What every act on the way up and down leaves behind: whose it is, the journal's line, the contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from yiwang.foundation.upper.models import UpperContact, UpperItem
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import queries as directory


def new(department: str, at: datetime) -> dict[str, Any]:
    """Whose it is, and where: what no body here made is the whole node's."""
    body = directory.find_departments([department]).get(department)
    place = body.division_code if body else settings.NODE_DIVISION
    return {
        "department": department,
        "division_code": place,
        "made_at": at,
        "changed_at": at,
        "next_try_at": at,
    }


def note(act: str, row: UpperItem, actor: Actor, at: datetime, **facts: str | bool) -> None:
    """One line of the journal about an item."""
    told = {"kind": row.kind, **facts}
    journal.record(actor=actor, act=act, subject=row.reference, at=at, facts=told)


def contact(problem: str, at: datetime) -> None:
    """The platform above was reached, or why it was not."""
    row = UpperContact.objects.get_or_create(pk=1)[0]
    if problem:
        row.since = row.since or at
    else:
        row.reached_at, row.since = at, None
    row.problem = problem[:200]
    row.save(update_fields=["problem", "since", "reached_at"])
