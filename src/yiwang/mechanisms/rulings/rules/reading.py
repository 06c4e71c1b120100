"""Reading the parts of a zen table (JDM): its columns, rows, cells and input schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

INPUT_NODE: Final = "inputNode"
TABLE_NODE: Final = "decisionTableNode"
OUTPUT_NODE: Final = "outputNode"
FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its id in the rows, the engine's field, the Chinese name."""

    key: str
    field: str
    name: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its id, its sentence, its basis, its cells by column id."""

    key: str
    sentence: str
    basis: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TableParts:
    """What the rest of this package needs to know of a table."""

    node: str
    hit_policy: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    schema: Mapping[str, Any] | None


def nodes_of(table: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    nodes = table.get("nodes")
    if not isinstance(nodes, list):
        return []
    return [n for n in nodes if isinstance(n, Mapping) and n.get("type") == kind]


def parts_of(table: Mapping[str, Any]) -> TableParts:
    """The parts of a table that has at least one table node; ValueError otherwise."""
    found = nodes_of(table, TABLE_NODE)
    if not found:
        raise ValueError("no decision table")
    content = found[0].get("content")
    content = content if isinstance(content, Mapping) else {}
    return TableParts(
        node=str(found[0].get("id", "")),
        hit_policy=str(content.get("hitPolicy", "")),
        inputs=_columns(content.get("inputs")),
        outputs=_columns(content.get("outputs")),
        rows=_rows(content.get("rules")),
        schema=_schema(table),
    )


def is_any(cell: str) -> bool:
    """Only the empty cell: the engine silently never matches “-” or blanks."""
    return cell == ""


def _columns(value: Any) -> tuple[Column, ...]:
    given = [c for c in value if isinstance(c, Mapping)] if isinstance(value, list) else []
    return tuple(
        Column(str(c.get("id", "")), str(c.get("field") or ""), str(c.get("name") or ""))
        for c in given
    )


def _rows(value: Any) -> tuple[TableRow, ...]:
    given = [r for r in value if isinstance(r, Mapping)] if isinstance(value, list) else []
    return tuple(
        TableRow(
            key=str(r.get("_id", "")),
            sentence=str(r.get("_description") or ""),
            basis=str(r.get("_basis") or ""),
            cells={
                str(k): str(v) for k, v in r.items() if not str(k).startswith("_") and v is not None
            },
        )
        for r in given
    )


def _schema(table: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for node in nodes_of(table, INPUT_NODE):
        content = node.get("content")
        text = content.get("schema") if isinstance(content, Mapping) else None
        try:
            schema = json.loads(text) if isinstance(text, str) else text
        except ValueError:
            return None
        if isinstance(schema, Mapping):
            return schema
    return None
