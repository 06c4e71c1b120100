"""A CSV file cell by cell: what it could be, and what is wrong with it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from yiwang.foundation.datasources.runner.child.limits import Problem

MOST_CSV_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 500
LONGEST_CELL: Final = 10_000
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,6}")
_FORMULA: Final = re.compile(r"[=@\t\r]|[-+](?![0-9.])")
_YES_NO: Final = {"是": 1, "否": 0, "true": 1, "false": 0}


def csv_rows(data: bytes) -> Iterator[list[str]]:
    if b"\x00" in data:
        raise Problem("nul")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")  # what older office programs write
        except UnicodeDecodeError:
            raise Problem("not-text") from None
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, row in enumerate(reader):
            if number > MOST_CSV_ROWS:
                raise Problem("too-many-rows")
            if row:
                yield row
    except csv.Error as error:
        long = "field larger" in str(error)
        raise Problem("long-cell" if long else "quotes", str(reader.line_num)) from None


def header(row: list[str]) -> list[str]:
    names = [name.strip() for name in row]
    if not names or len(names) > MOST_COLUMNS:
        raise Problem("no-header")
    if any(not name or len(name) > 60 or not name.isprintable() for name in names):
        raise Problem("bad-header")
    if len({name.lower() for name in names}) != len(names):
        raise Problem("same-header")
    return names


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def cell_value(cell: str, kind: str) -> tuple[Any, str]:
    """A cell as its type, and what is wrong with it. An empty cell is nothing."""
    if not cell:
        return None, ""
    if kind == "TEXT":
        if _FORMULA.match(cell):
            return None, "formula"
        return cell, "" if cell.replace("\n", " ").isprintable() else "control"
    return (_read(cell, kind), "") if fits(cell, kind) else (None, kind.lower())


def could_be(cell: str, kind: str) -> bool:
    """A long number is a code or a telephone, nothing to count with."""
    return fits(cell, kind) and (kind == "DATE" or len(cell) <= 9 or "." in cell)


def fits(cell: str, kind: str) -> bool:
    match kind:
        case "INTEGER":
            return bool(_WHOLE.fullmatch(cell))
        case "DECIMAL":
            return bool(_WHOLE.fullmatch(cell) or _DECIMAL.fullmatch(cell))
        case "DATE":
            return is_day(cell)
        case "YES_NO":
            return cell.lower() in _YES_NO
    return True


def _read(cell: str, kind: str) -> Any:
    match kind:
        case "INTEGER":
            return int(cell)
        case "DECIMAL":
            return float(cell)
        case "YES_NO":
            return _YES_NO[cell.lower()]
    return cell


def is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
