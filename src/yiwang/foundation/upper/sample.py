"""A request on its way to a platform above, for tests and the sweep."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.upper import rules
from yiwang.foundation.upper.definitions import Kind, State
from yiwang.foundation.upper.models import UpperItem
from yiwang.network.directory import queries as directory


def requested(*, department: str, at: datetime) -> str:
    """A request of a department that was received above and not decided; its key."""
    row = UpperItem(
        kind=Kind.REQUEST,
        title="教育部学历：核对学历",
        department=department,
        division_code=directory.get_department(department).division_code,
        body={
            "resource": "教育部学历",
            "purpose": "核对学历",
            "fields": "学历",
            "department": department,
        },
        state=State.SENT,
        made_at=at,
        changed_at=at,
    )
    row.subject, row.line = row.key, rules.line_of_request(row.key)
    row.save()
    return row.key
