"""Stored rulings and tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.rulings.definitions import CellOutcome, Input, RowOutcome, Ruling
from yiwang.mechanisms.rulings.models import RuleTable, RulingRecord
from yiwang.mechanisms.statements import prepared

_LIST: Final = "SELECT {columns} FROM rulings_record WHERE subject = %s ORDER BY id"


@lru_cache(maxsize=1024)
def _name(table: int) -> tuple[str, int]:
    """Code and version of a frozen table's row."""
    return RuleTable.objects.values_list("code", "version").get(pk=table)


@lru_cache(maxsize=256)
def _table(code: str, version: int) -> tuple[int, Mapping[str, Any]]:
    """A frozen table's row id and content; cached, because versions never change."""
    row = RuleTable.objects.filter(code=code, version=version).values_list("id", "table").first()
    if row is None:
        raise NotFound(f"没有决策表 {code} 第 {version} 版。")
    return row


def forget_tables() -> None:
    """Before a number is published that was read here while its publication was taken back again."""
    _table.cache_clear()


def get_table(*, code: str, version: int) -> Mapping[str, Any]:
    """A published table as zen's JSON; ``NotFound``."""
    return _table(code, version)[1]


def list_rulings(*, subject: str) -> tuple[Ruling, ...]:
    """Every ruling about one subject, oldest first. The caller has checked who may see it."""
    return tuple(view(record) for record in prepared.read(RulingRecord, _LIST, [subject]))


def view(record: RulingRecord) -> Ruling:
    """A stored record as it was made."""
    content, (code, version) = record.content, _name(record.table_id)
    return Ruling(
        key=record.key,
        outcome=record.outcome,
        output=content["output"],
        explanation=tuple(content["explanation"]),
        rows=tuple(_row(row) for row in content["rows"]),
        table=code,
        table_version=version,
        at=record.at,
        inputs=inputs_of(content),
        basis=tuple(content["basis"]),
    )


def inputs_of(content: Mapping[str, Any]) -> dict[str, Input]:
    return {
        name: Input(
            given["value"],
            given["source"],
            datetime.fromisoformat(given["obtained_at"]),
            given.get("words", {}),
        )
        for name, given in content["inputs"].items()
    }


def _row(row: Mapping[str, Any]) -> RowOutcome:
    cells = tuple(CellOutcome(c["column"], c["condition"], c["held"]) for c in row["cells"])
    return RowOutcome(row["row"], row["matched"], cells, row["sentence"], row["basis"])
