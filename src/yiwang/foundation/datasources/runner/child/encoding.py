"""Values on the way to an engine, and rows on the way back: checked by type, as one JSON list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson

from yiwang.foundation.datasources.runner.child.cells import is_day
from yiwang.foundation.datasources.runner.child.limits import Problem

#: Rows fetched and encoded at a time: what is in memory beyond the answer so far.
AT_ONCE: Final = 500

#: ``infinity``, days before Christ and after the year 9999 are longer or shorter.
_LENGTH_OF_DAY: Final = 10
_NO_NUMBER: Final = frozenset({"NaN", "Infinity", "-Infinity"})

Rows = Iterator[Sequence[tuple[Any, ...]]]


def typed(kind: str, value: Any) -> Any:
    match kind:
        case "DECIMAL":
            return Decimal(value)
        case "DATE":
            return date.fromisoformat(value)
    return value


def _text(values: set[type]) -> bool:
    return values <= {str, type(None)}


def _one_decimal(value: Any) -> str | None:
    if value is None:
        return None
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        raise ValueError from None
    if isinstance(value, str | bool) or not number.is_finite():
        raise ValueError
    return format(number, "f")


def _decimals(values: Sequence[Decimal | None]) -> list[str | None]:
    """A whole column of exact numbers; only a strange one is looked at by itself."""
    texts = [None if value is None else str(value) for value in values]
    return [
        _one_decimal(value)
        if (text is not None and not text[-1:].isdigit()) or "E" in (text or "")
        else text
        for text, value in zip(texts, values, strict=True)
    ]


def _one_day(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and is_day(value)):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise ValueError


def _one_yes_no(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    raise ValueError


def _column(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    """A column as JSON knows it; ValueError when one value is not of the declared type."""
    kinds = set(map(type, values))
    if kind == "TEXT":
        if not _text(kinds):
            raise ValueError
        return values
    if kind == "INTEGER":
        if not kinds <= {int, type(None)}:
            raise ValueError
        return values
    if kind == "DECIMAL" and kinds <= {Decimal, type(None)}:
        return _decimals(values)
    if kind == "DATE" and kinds <= {date, type(None)}:
        return [None if value is None else value.isoformat() for value in values]
    convert: Callable[[Any], Any] = {
        "DECIMAL": _one_decimal, "DATE": _one_day, "YES_NO": _one_yes_no
    }[kind]  # fmt: skip
    return [convert(value) for value in values]


Shape = Callable[[Sequence[tuple[Any, ...]], Sequence[str], Sequence[str]], list[dict[str, Any]]]


def checked(
    rows: Sequence[tuple[Any, ...]], names: Sequence[str], kinds: Sequence[str]
) -> list[dict[str, Any]]:
    """Rows as objects, every value of its declared type."""
    columns = []
    for name, kind, values in zip(names, kinds, zip(*rows, strict=True), strict=True):
        try:
            columns.append(_column(kind, values))
        except (ValueError, TypeError, InvalidOperation):
            raise Problem("other-type", name) from None
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def in_lines(
    rows: Rows, asked: dict[str, Any], shape: Shape = checked
) -> Iterator[tuple[bytes, int, bool]]:
    """The rows some at a time, one record a line; how many, and whether there are more than may be
    given. What is in memory does not grow with the answer."""
    names, kinds, left, room = asked["names"], asked["types"], asked["rows"], asked["bytes"]
    for some in rows:
        given = some[:left]
        lines = [_line(one) for one in shape(given, names, kinds)] if given else []
        part = b"".join(lines)
        left, room = left - len(lines), room - len(part)
        if room < 0:
            raise Problem("too-large")
        yield part, len(lines), len(some) > len(lines)
        if len(some) > len(lines):
            return


def _line(one: dict[str, Any]) -> bytes:
    return json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def encode(rows: Rows, asked: dict[str, Any]) -> tuple[bytes, int, bool]:
    """The rows as one JSON list, how many, and whether there are more than may be given."""
    names, kinds, most, room = asked["names"], asked["types"], asked["rows"], asked["bytes"]
    parts: list[bytes] = []
    count = size = 0
    more = False
    for some in rows:
        if count + len(some) > most:
            some, more = some[: most - count], True
        if some:
            objects = checked(some, names, kinds)
            part = json.dumps(objects, ensure_ascii=False, separators=(",", ":"))[1:-1].encode()
            count, size = count + len(some), size + len(part)
            if size > room:
                raise Problem("too-large")
            parts.append(part)
        if more:
            break
    return b"[" + b",".join(parts) + b"]", count, more


def as_written(rows: list[tuple[Any, ...]], asked: dict[str, Any]) -> tuple[bytes, int, bool]:
    """The same of rows whose days and exact numbers are still the text the database wrote: only what is
    no day of our calendar or no number is refused."""
    most = asked["rows"]
    more, rows = len(rows) > most, rows[:most]
    body = orjson.dumps(of_texts(rows, asked["names"], asked["types"]))
    if len(body) > asked["bytes"]:
        raise Problem("too-large")
    return body, len(rows), more


def of_texts(
    rows: Sequence[tuple[Any, ...]], names: Sequence[str], kinds: Sequence[str]
) -> list[dict[str, Any]]:
    """Such rows as objects."""
    # Whole columns into copies of one empty object: half the time of making each row's by itself.
    empty = dict.fromkeys(names)
    objects = [empty.copy() for _ in rows]
    columns = zip(*rows, strict=True) if rows else ()
    for name, kind, values in zip(names, kinds, columns, strict=False):
        if kind == "DATE" and not set(map(len, filter(None, values))) <= {_LENGTH_OF_DAY}:
            raise Problem("other-type", name)
        if kind == "DECIMAL" and not _NO_NUMBER.isdisjoint(values):
            raise Problem("other-type", name)
        for one, value in zip(objects, values, strict=True):
            one[name] = value
    return objects
