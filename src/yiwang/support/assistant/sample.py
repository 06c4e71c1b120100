"""Twenty thousand findable items for measurements: written by COPY, outside the product's own paths."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from django.db import connection, transaction

from yiwang.support.assistant import actions
from yiwang.support.assistant.actions import Findable, row_of

_COLUMNS = (
    "kind", "code", "name", "department_name", "one_line", "division_code", "weight", "synonyms",
    "vector", "bigrams",
)  # fmt: skip


def many(names_file: Path, count: int = 20_000) -> Iterator[Findable]:
    """``count`` things: the names of a real catalogue, held by one district after another."""
    with names_file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for i, row in enumerate(islice(cycle(rows), count)):
        district = 620_101 + i // len(rows)
        yield Findable(
            kind="ITEM",
            code=f"sample:{i}",
            name=row["name"],
            department_name=row["department"],
            division_code=f"{district:06d}000000",
        )


@transaction.atomic
def fill(names_file: Path, count: int = 20_000) -> int:
    """Write them by COPY and count the lexemes again; returns how many were written."""
    columns = ", ".join(_COLUMNS)
    statement = f"COPY assistant_searchentry ({columns}) FROM STDIN"
    findables = many(names_file, count)
    with connection.cursor() as cursor:
        while rows := [row_of(one) for one in islice(findables, 1_000)]:
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row([row[column] for column in _COLUMNS])
        cursor.execute("ANALYZE assistant_searchentry")
    actions.refresh_frequencies()
    return count
