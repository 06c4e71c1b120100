"""What is wrong with a decision table. The engine itself keeps silent: a mistyped condition simply
never matches, so every field, condition and output is compiled here, and the offending cell named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import zen

from yiwang.mechanisms.rulings.definitions import APPROVE, OUTCOMES, Problem
from yiwang.mechanisms.rulings.rules.reading import (
    FIELD,
    INPUT_NODE,
    OUTPUT_NODE,
    TABLE_NODE,
    Column,
    TableParts,
    TableRow,
    is_any,
    nodes_of,
    parts_of,
)

_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORD: Final = re.compile(r"\$?[A-Za-z_][A-Za-z0-9_.]*")
_KEYWORDS: Final = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "true",
        "false",
        "null",
        "len",
        "contains",
        "startsWith",
        "endsWith",
        "upper",
        "lower",
        "abs",
        "floor",
        "ceil",
        "min",
        "max",
        "sum",
        "avg",
        "round",
        "trim",
    ]
)
_MAXIMUM_ROWS: Final = 500


def check_table(table: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Everything that forbids publishing a table; empty when it may be used."""
    shape = list(_shape(table))
    if shape:
        return tuple(shape)
    parts = parts_of(table)
    return (
        *_schema_problems(parts),
        *_column_problems(parts),
        *_row_problems(parts),
        *_approval_problems(parts),
    )


def _shape(table: Mapping[str, Any]) -> Iterator[Problem]:
    nodes = table.get("nodes")
    if not isinstance(nodes, list) or not all(isinstance(n, Mapping) for n in nodes):
        yield Problem("nodes", "应当是节点的列表")
        return
    for node in nodes:
        if node.get("type") not in (INPUT_NODE, TABLE_NODE, OUTPUT_NODE):
            yield Problem(
                f"节点 {node.get('name') or node.get('id')}", f"不允许 {node.get('type')} 节点"
            )
    for kind in (INPUT_NODE, TABLE_NODE, OUTPUT_NODE):
        if len(nodes_of(table, kind)) != 1:
            yield Problem("nodes", f"要有且只有一个 {kind} 节点")
            return
    ends = {
        kind: nodes_of(table, kind)[0].get("id") for kind in (INPUT_NODE, TABLE_NODE, OUTPUT_NODE)
    }
    wanted = {(ends[INPUT_NODE], ends[TABLE_NODE]), (ends[TABLE_NODE], ends[OUTPUT_NODE])}
    edges = table.get("edges")
    drawn = {
        (e.get("sourceId"), e.get("targetId"))
        for e in (edges if isinstance(edges, list) else [])
        if isinstance(e, Mapping)
    }
    if drawn != wanted:
        yield Problem("edges", "连线应当是 输入 → 决策表 → 输出")


def _schema_problems(parts: TableParts) -> Iterator[Problem]:
    if parts.schema is None:
        yield Problem("输入", "没有输入说明（JSON Schema）：缺数据或类型不对时引擎不会报错")
        return
    for column in parts.inputs:
        if FIELD.fullmatch(column.field) and not _required(parts.schema, column.field.split(".")):
            yield Problem(
                f"列 {_title(column)}", f"输入说明里没有要求 {column.field}，也没有写类型"
            )


def _required(schema: Mapping[str, Any], path: list[str]) -> bool:
    here: Any = schema
    for name in path:
        if not isinstance(here, Mapping) or name not in (here.get("required") or []):
            return False
        here = (here.get("properties") or {}).get(name)
    return isinstance(here, Mapping) and bool(here.get("type") or here.get("enum"))


def _column_problems(parts: TableParts) -> Iterator[Problem]:
    keys = [c.key for c in (*parts.inputs, *parts.outputs)]
    if len(set(keys)) != len(keys) or "" in keys:
        yield Problem("列", "每一列都要有不同的 id")
    for column in (*parts.inputs, *parts.outputs):
        place = f"列 {_title(column)}"
        if FIELD.fullmatch(column.field) is None:
            yield Problem(
                place, f"字段代码“{column.field}”只能用英文字母、数字、下划线和点，中文写在名称里"
            )
        if not column.name:
            yield Problem(place, "要有中文名称，解释里要用")
    if not parts.inputs:
        yield Problem("列", "至少要有一个条件列")
    if "outcome" not in [c.field for c in parts.outputs]:
        yield Problem("列", "要有一个 outcome 结论列")
    if parts.hit_policy != "first":
        yield Problem("决策表", "命中方式只能是 first（按顺序第一条）")


def _row_problems(parts: TableParts) -> Iterator[Problem]:
    known = {c.key for c in (*parts.inputs, *parts.outputs)}
    keys = [row.key for row in parts.rows]
    if not 1 <= len(keys) <= _MAXIMUM_ROWS:
        yield Problem("行", f"要有 1 到 {_MAXIMUM_ROWS} 行")
    names = {c.field for c in parts.inputs}
    for number, row in enumerate(parts.rows, start=1):
        place = f"第 {number} 行"
        if not row.key or keys.count(row.key) > 1:
            yield Problem(place, "每一行都要有不同的 _id")
        if not row.sentence.strip():
            yield Problem(place, "要用 _description 写一句话，解释里要用")
        yield from (
            Problem(place, f"单元格 {key} 不属于任何一列") for key in row.cells if key not in known
        )
        for column in parts.inputs:
            yield from _cell(place, column, row.cells.get(column.key, ""), names, condition=True)
        for column in parts.outputs:
            yield from _cell(place, column, row.cells.get(column.key, ""), names, condition=False)


def _cell(
    place: str, column: Column, cell: str, names: set[str], *, condition: bool
) -> Iterator[Problem]:
    where = f"{place} · {_title(column)}"
    if is_any(cell):
        if not condition and column.field == "outcome":
            yield Problem(where, "结论不能空着")
        return
    try:
        (zen.compile_unary_expression if condition else zen.compile_expression)(cell)
    except Exception:  # the engine raises bare exceptions of several kinds
        yield Problem(where, f"看不懂“{cell}”")
        return
    for word in _WORD.findall(_QUOTED.sub(" ", cell)):
        if word not in _KEYWORDS and word not in names and word != "$":
            yield Problem(where, f"“{cell}”里的 {word} 不是条件列，也不是允许的函数")


def _approval_problems(parts: TableParts) -> Iterator[Problem]:
    outcome = next((c for c in parts.outputs if c.field == "outcome"), None)
    if outcome is None or not parts.rows:
        return
    for number, row in enumerate(parts.rows, start=1):
        said = _literal(row.cells.get(outcome.key, ""))
        where = f"第 {number} 行 · {_title(outcome)}"
        if said not in OUTCOMES:
            yield Problem(where, f"结论只能写 {' 或 '.join(OUTCOMES)}（加引号）")
        if said == APPROVE and _always_holds(parts, row):
            yield Problem(where, "没有任何条件的行不能给出同意的结论")
        if said == APPROVE and not row.basis.strip():
            yield Problem(f"第 {number} 行", "同意的行要用 _basis 写明依据")
    if not _always_holds(parts, parts.rows[-1]):
        yield Problem(f"第 {len(parts.rows)} 行", "最后一行要没有条件，结论是转人工")


def _always_holds(parts: TableParts, row: TableRow) -> bool:
    """No condition at all, or only conditions that also hold when nothing is known."""
    return all(_holds_for_nothing(row.cells.get(c.key, "")) for c in parts.inputs)


def _holds_for_nothing(cell: str) -> bool:
    if is_any(cell):
        return True
    try:
        return zen.compile_unary_expression(cell).evaluate({"$": None}) is True
    except Exception:  # comparing nothing raises: the condition does not hold
        return False


def _literal(cell: str) -> str:
    text = cell.strip()
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"" else ""


def _title(column: Column) -> str:
    return column.name or column.field or column.key
