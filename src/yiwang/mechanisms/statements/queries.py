"""Count some lists no further than a limit, all in one statement: a growing table is not counted.

Each module says how its own list is found; a page that shows many counts sends one question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from yiwang.mechanisms.statements.definitions import COUNTED_UP_TO, NOTHING, Count


def bounded(rows: QuerySet[Any], *, up_to: int = COUNTED_UP_TO) -> Count:
    """The size of a list, counted no further than ``up_to``."""
    try:
        text, values = rows.order_by().values("pk")[:up_to].query.sql_with_params()
    except EmptyResultSet:  # nobody's list: no statement could find a row
        return NOTHING
    return Count(f"SELECT count(*) FROM ({text}) AS counted", tuple(values))  # noqa: S608 # nosec B608


def count(counts: Sequence[Count]) -> list[int]:
    """The numbers, in the same order; one statement, none when every list is nobody's."""
    if all(one is NOTHING for one in counts):
        return [0] * len(counts)
    text = "SELECT " + ", ".join(f"({one.statement})" for one in counts)
    with connection.cursor() as cursor:
        cursor.execute(text, [value for one in counts for value in one.values])
        return [int(number) for number in cursor.fetchone()]
