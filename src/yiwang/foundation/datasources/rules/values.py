"""What a caller said, checked against what the query declares."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from yiwang.foundation.datasources.definitions import (
    LONGEST_VALUE,
    MOST_KEYS,
    MOST_VALUES,
    FieldType,
    Operator,
    Parameter,
    Published,
    QueryRefused,
    TooFewKeys,
)
from yiwang.kernel.refusals import FieldProblem

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,10})?")
_UNREADABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_MOST_INTEGER: Final = 2**63 - 1

Plain = str | int | bool


class NotOfType(ValueError):
    """The words that say what it should be."""


def tidy(value: Any, kind: FieldType) -> Plain:
    """The value as the engines take it; ``NotOfType`` says what it should be."""
    match kind:
        case FieldType.TEXT:
            if isinstance(value, str) and len(value) <= LONGEST_VALUE:
                if not _UNREADABLE.search(value):
                    return value
            raise NotOfType(f"应为文字，不超过 {LONGEST_VALUE} 个字，不含控制字符。")
        case FieldType.INTEGER:
            if isinstance(value, int) and not isinstance(value, bool):
                if abs(value) <= _MOST_INTEGER:
                    return value
            raise NotOfType("应为整数。")
        case FieldType.DECIMAL:
            return _decimal(value)
        case FieldType.DATE:
            return _day(value)
        case FieldType.YES_NO:
            if isinstance(value, bool):
                return value
            raise NotOfType("应为 true 或 false。")


def _decimal(value: Any) -> str:
    """As text, so that nothing is lost on the way."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        if _NUMBER.fullmatch(str(value)):
            return str(Decimal(value))
    raise NotOfType('应为数字，写成文字（如 "12.50"）。')


def _day(value: Any) -> str:
    if isinstance(value, str) and _DAY.fullmatch(value):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value).isoformat()
    raise NotOfType("应为日期（如 2026-03-01）。")


def given(published: Published, parameters: Mapping[str, Any]) -> dict[str, list[Plain]]:
    """Each parameter that was said with its values; QueryRefused names every wrong one."""
    wrong, out = [], {}
    known = {one.name: one for one in published.parameters}
    for name in list(parameters)[:MOST_VALUES]:
        if name not in known:
            wrong.append(FieldProblem(str(name)[:40], "没有这个参数。"))
    for one in published.parameters:
        value = parameters.get(one.name)
        if value is None:
            if one.required:
                wrong.append(FieldProblem(one.name, f"{one.label}是必填的。"))
            continue
        try:
            out[one.name] = _values(one, value)
        except NotOfType as error:
            wrong.append(FieldProblem(one.name, str(error)))
    if wrong:
        raise QueryRefused(fields=wrong)
    return out


def _values(one: Parameter, value: Any) -> list[Plain]:
    if one.operator is not Operator.ONE_OF:
        if one.operator is Operator.BEGINS_WITH and value == "":
            raise NotOfType("请至少写一个字。")
        return [tidy(value, one.type)]
    if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
        raise NotOfType(f"应为一个列表，1 到 {MOST_VALUES} 项。")
    return [tidy(each, one.type) for each in value]


def wanted(published: Published, fields: Sequence[Any] | None) -> tuple[str, ...]:
    """The fields asked for, in the declared order; all when nothing was said."""
    names = tuple(one.name for one in published.fields)
    if fields is None or len(fields) == 0:
        return names
    strange = [str(one)[:40] for one in fields if one not in names]
    if strange:
        raise QueryRefused(fields=[FieldProblem("fields", f"没有字段 {strange[0]}。")])
    return tuple(name for name in names if name in fields)


def keys(published: Published, given_keys: Any) -> list[tuple[Plain, ...]]:
    """A batch to verify, each key a tuple in the order of ``published.key``.

    QueryRefused says which one is wrong, TooFewKeys when the batch is too small.
    """
    if not isinstance(given_keys, list) or len(given_keys) > MOST_KEYS:
        raise QueryRefused(fields=[FieldProblem("keys", f"应为一个列表，最多 {MOST_KEYS} 项。")])
    types = {one.column: one.type for one in published.fields}
    kinds = [types[column] for column in published.key]
    out = []
    for number, key in enumerate(given_keys, 1):
        parts = key if isinstance(key, list) else [key]
        if len(parts) != len(kinds):
            problem = FieldProblem("keys", f"第 {number} 项应有 {len(kinds)} 个值。")
            raise QueryRefused(fields=[problem])
        try:
            out.append(tuple(tidy(part, kind) for part, kind in zip(parts, kinds, strict=True)))
        except NotOfType as error:
            raise QueryRefused(fields=[FieldProblem("keys", f"第 {number} 项{error}")]) from error
    if len(set(out)) < published.least:
        raise TooFewKeys(f"一次核验至少要有 {published.least} 项不同的内容。")
    return out
