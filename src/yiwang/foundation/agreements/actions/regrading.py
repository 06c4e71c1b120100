"""A grade of the catalogue changed: what grants hide follows, here and at every node they are told to."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements.actions.granting import changed
from yiwang.foundation.agreements.definitions import GrantState, Origin
from yiwang.foundation.agreements.models import DataGrant
from yiwang.kernel.actor import Actor


@transaction.atomic
def regrade(*, resource: str, at: datetime, actor: Actor) -> int:
    """Give every living grant of this resource the grades in force; how many it changed. Twice is once.

    What a grant names as clear stays clear: two heads signed for it. Grants agreed elsewhere are
    told by their registry.
    """
    living = DataGrant.objects.select_for_update().filter(resource=resource, origin=Origin.LOCAL)
    count = 0
    for row in living.exclude(state=GrantState.ENDED).order_by("pk"):
        grades = queries.graded(resource, row.fields)
        if grades == row.grades:
            continue
        row.grades, row.version, row.changed_at = grades, row.version + 1, at
        row.save(update_fields=["grades", "version", "changed_at"])
        changed(row, actor=actor, at=at)
        count += 1
    return count
