"""One evaluation: the engine's answer, and beside it what every row and every cell said."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import zen

from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.rulings.definitions import CellOutcome, Input, RowOutcome, Value
from yiwang.mechanisms.rulings.rules import wording
from yiwang.mechanisms.rulings.rules.reading import Column, TableParts, is_any, parts_of

_PATH: Final = re.compile(r'"source":"[^"]*?/?([A-Za-z0-9_/.]+):')
_MISSING: Final = re.compile(r'\\"([A-Za-z0-9_]+)\\" is a required property')


class CannotRule(Refusal):
    """The table cannot be asked: a fact is missing or of the wrong kind, or the engine disagrees
    with the row-by-row reading. Nothing is decided; an official looks."""

    status = 422
    sentence = "决策表缺少数据，不能自动判断。"
    remedy = "请转人工办理。"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a table says about some inputs."""

    outcome: str
    output: Mapping[str, Value]
    rows: tuple[RowOutcome, ...]
    explanation: tuple[str, ...]
    basis: tuple[str, ...]


def evaluate(table: Mapping[str, Any], inputs: Mapping[str, Input]) -> Evaluation:
    """Ask a table; ``CannotRule`` when an input is missing, mistyped, or the two readings differ."""
    return compiled(json.dumps(table, sort_keys=True, ensure_ascii=False)).evaluate(inputs)


@lru_cache(maxsize=256)
def compiled(text: str) -> CompiledTable:
    """One table made ready, kept in the process."""
    return CompiledTable(text)


class CompiledTable:
    """A table with its engine and its compiled cells."""

    def __init__(self, text: str) -> None:
        self.parts: TableParts = parts_of(json.loads(text))
        self.decision: Any = zen.ZenEngine().create_decision(text)
        cells = {cell for row in self.parts.rows for cell in row.cells.values()}
        conditions = {
            row.cells[c.key]
            for row in self.parts.rows
            for c in self.parts.inputs
            if c.key in row.cells
        }
        self.conditions: dict[str, Any] = {
            cell: zen.compile_unary_expression(cell)
            for cell in conditions & cells
            if not is_any(cell)
        }

    def evaluate(self, inputs: Mapping[str, Input]) -> Evaluation:
        context = nested({name: given.value for name, given in inputs.items()})
        answer, matched = self._ask(context)
        rows = self._rows(context)
        first = next((number for number, row in enumerate(rows) if row.matched), None)
        if first != matched or "outcome" not in answer:
            raise CannotRule("决策表两次判断的结果不一致，不能自动判断。")
        basis = (rows[first].basis,) if first is not None and rows[first].basis else ()
        return Evaluation(
            outcome=str(answer["outcome"]),
            output=answer,
            rows=rows,
            explanation=wording.explain(self.parts, inputs, rows, str(answer["outcome"])),
            basis=basis,
        )

    def _ask(self, context: dict[str, Any]) -> tuple[dict[str, Value], int | None]:
        try:
            said = self.decision.evaluate(context, {"trace": True})
        except RuntimeError as error:  # the engine's only exception; its text repeats values
            name = _blamed(str(error))
            column = next((c.name for c in self.parts.inputs if c.field == name), name)
            raise CannotRule(f"决策表需要的“{column}”没有取到，或者类型不对。") from None
        trace = said["trace"][self.parts.node]["traceData"]
        index = trace.get("index") if isinstance(trace, Mapping) else None
        return dict(said["result"]), index

    def _rows(self, context: dict[str, Any]) -> tuple[RowOutcome, ...]:
        rows = []
        for row in self.parts.rows:
            cells = tuple(
                CellOutcome(c.name, cell, self._holds(c, cell, context))
                for c in self.parts.inputs
                if not is_any(cell := row.cells.get(c.key, ""))
            )
            rows.append(
                RowOutcome(row.key, all(c.held for c in cells), cells, row.sentence, row.basis)
            )
        return tuple(rows)

    def _holds(self, column: Column, cell: str, context: dict[str, Any]) -> bool:
        value: Any = context
        for name in column.field.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        try:
            return self.conditions[cell].evaluate({**context, "$": value}) is True
        except RuntimeError:  # a comparison with nothing: the engine counts it as no match
            return False


def nested(values: Mapping[str, Value]) -> dict[str, Any]:
    """``{"applicant.age": 83}`` → ``{"applicant": {"age": 83}}``."""
    context: dict[str, Any] = {}
    for name, value in values.items():
        *above, last = name.split(".")
        here = context
        for part in above:
            here = here.setdefault(part, {})
        here[last] = value
    return context


def _blamed(message: str) -> str:
    """Which input the engine complains of, without the value it repeats."""
    missing = _MISSING.search(message)
    if missing:
        return missing.group(1)
    path = _PATH.search(message)
    return path.group(1).strip("/").replace("/", ".") if path else "数据"
