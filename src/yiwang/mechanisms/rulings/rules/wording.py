"""Rulings in plain Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.rulings.definitions import APPROVE, Input, RowOutcome, Value
from yiwang.mechanisms.rulings.rules.reading import TableParts, is_any

#: Raise it with any change of a sentence here: a record keeps the words it was made with, and replay
#: compares words only within one version. Outcome, output, rows and basis are always compared.
VERSION: Final = 2

_COMPARISONS: Final = (
    (">=", "不小于"),
    ("<=", "不大于"),
    ("==", "是"),
    ("!=", "不是"),
    (">", "大于"),
    ("<", "小于"),
)
_RANGE: Final = re.compile(r"([\[\](])\s*(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)\s*([\])\[])")
_LITERALS: Final = re.compile(r"(?:'[^']*'|-?[\d.]+)(?:\s*,\s*(?:'[^']*'|-?[\d.]+))*")
_FUNCTIONS: Final = (
    (re.compile(r"(not\()?startsWith\(\$, '([^']*)'\)\)?"), "以 {} 开头"),
    (re.compile(r"(not\()?endsWith\(\$, '([^']*)'\)\)?"), "以 {} 结尾"),
    (re.compile(r"(not\()?contains\(\$, '([^']*)'\)\)?"), "包含 {}"),
)
_WORDS: Final = {"true": "是", "false": "否", "null": "没有"}


_NO_WORDS: Final[Mapping[str, str]] = {}


def say_value(value: Value, words: Mapping[str, str] = _NO_WORDS) -> str:
    """A value as a person would write it; a code by its name where ``words`` has one."""
    if value is None:
        return "没有"
    if isinstance(value, bool):
        return "是" if value else "否"
    return words.get(str(value), str(value)) or "空"


def say_condition(cell: str, words: Mapping[str, str] = _NO_WORDS) -> str:
    """``>= 80`` → ``不小于 80``; what cannot be put simply stays as written."""
    text = cell.strip()
    if text in _WORDS:
        return f"“{_WORDS[text]}”"
    span = _RANGE.fullmatch(text)
    if span:
        low = "" if span.group(1) == "[" else "（不含）"
        high = "" if span.group(4) == "]" else "（不含）"
        return f"在 {span.group(2)}{low} 到 {span.group(3)}{high} 之间"
    for pattern, form in _FUNCTIONS:
        call = pattern.fullmatch(text)
        if call:
            named = words.get(call.group(2))
            if named and form.startswith("以 {} 开头"):  # a place by the beginning of its code
                return f"{'不' if call.group(1) else ''}在“{named}”"
            return ("不" if call.group(1) else "") + form.format(call.group(2))
    for sign, sense in _COMPARISONS:
        rest = text.removeprefix(sign).strip()
        if text.startswith(sign) and (rest in _WORDS or _LITERALS.fullmatch(rest)):
            literal = rest.strip("'")
            return f"{sense} {_WORDS.get(rest) or words.get(literal, literal)}"
    if _LITERALS.fullmatch(text):
        codes = [value.strip().strip("'") for value in text.split(",")]
        values = [words.get(code, code) for code in codes]
        return f"是 {values[0]}" if len(values) == 1 else f"是 {'、'.join(values)} 之一"
    return f"满足 {text}"


def explain(
    parts: TableParts, inputs: Mapping[str, Input], rows: tuple[RowOutcome, ...], outcome: str
) -> tuple[str, ...]:
    """What was looked at, what held, what did not, and what follows."""
    hit = next((row for row in rows if row.matched), None)
    if outcome == APPROVE and hit is not None:
        facts = [_fact(parts, inputs, cell.column, cell.condition, held=True) for cell in hit.cells]
        basis = f"依据：{hit.basis}。" if hit.basis else ""
        return (*facts, f"{hit.sentence}：符合，可以直接办理。{basis}")
    failed = [
        f"“{row.sentence}”不符合："
        + "；".join(
            _fact(parts, inputs, cell.column, cell.condition, held=False).rstrip("。")
            for cell in row.cells
            if not cell.held
        )
        + "。"
        for row in _approving(parts, rows)
        if not row.matched
    ]
    reason = hit.sentence if hit is not None else "没有一条规则适用"
    return (*failed, f"{reason}：不能由规则直接办理，转工作人员审查。这不是拒绝。")


def _approving(parts: TableParts, rows: tuple[RowOutcome, ...]) -> list[RowOutcome]:
    column = next(c.key for c in parts.outputs if c.field == "outcome")
    keys = {r.key for r in parts.rows if r.cells.get(column, "").strip("'\" ") == APPROVE}
    return [row for row in rows if row.row in keys]


def _fact(
    parts: TableParts, inputs: Mapping[str, Input], name: str, condition: str, *, held: bool
) -> str:
    column = next(c for c in parts.inputs if c.name == name)
    given = inputs.get(column.field)
    verdict = "符合" if held else "要求"
    if given is None or is_any(condition):
        return f"{name}{verdict}“{say_condition(condition)}”。"
    on = legal_date(given.obtained_at)
    source = f"（来源：{given.source}，{on.year}年{on.month}月{on.day}日）" if given.source else ""
    value, wanted = say_value(given.value, given.words), say_condition(condition, given.words)
    return f"{name}：{value}{source}，{verdict}{wanted}。"
