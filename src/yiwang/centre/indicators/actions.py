"""Counting one fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import connection

from yiwang.centre.indicators.definitions import Metric

_COUNT: Final = """
with marked as (
    insert into indicators_countedfact (position) values (%s)
    on conflict do nothing returning position
)
insert into indicators_dailycount as known ("on", metric, division_code, item_code, value)
select %s, counted.metric, %s, %s, 1 from marked, unnest(%s::text[]) as counted(metric)
on conflict ("on", metric, division_code, item_code) do update set value = known.value + 1
"""


def count(
    *, position: int, on: date, metrics: Sequence[Metric], division_code: str, item_code: str
) -> bool:
    """Add one to each metric of that day, place and item; False when the fact is already in.

    One statement in the caller's transaction: the mark and the counters move together.
    """
    named = [metric.value for metric in metrics]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [position, on, division_code, item_code, named])
        return bool(cursor.rowcount)
