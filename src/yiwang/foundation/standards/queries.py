"""Questions about code tables. The files beside this one are the tables; they change by release."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from yiwang.foundation.standards.definitions import Code, CodeTable
from yiwang.kernel.refusals import NotFound

_FOLDER = Path(__file__).parent / "tables"
_EVERYDAY = Path(__file__).parent / "everyday"
#: Item types for which people apply (依申请六类行政权力和公共服务).
ON_APPLICATION = ("01", "05", "07", "08", "09", "10", "20")


@cache
def _read(name: str) -> CodeTable | None:
    path = _FOLDER / f"{name}.csv"
    if re.fullmatch(r"[a-z-]{1,40}", name) is None or not path.is_file():
        return None
    title, source, *rows = path.read_text(encoding="utf-8").splitlines()
    codes = tuple(Code(row["code"], row["label"]) for row in csv.DictReader(rows))
    return CodeTable(name, title.removeprefix("# "), source.removeprefix("# "), codes)


def list_tables() -> tuple[str, ...]:
    """The names of all tables: ``sex``, ``people``, ``id-kind`` …"""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.csv")))


def get_table(name: str) -> CodeTable:
    """One table whole, in published order; NotFound for an unknown name."""
    table = _read(name)
    if table is None:
        raise NotFound("没有这张代码表。", "请检查代码表名称。")
    return table


@cache
def everyday_words(table: str) -> Mapping[str, tuple[str, ...]]:
    """How people speak of the codes of a table: code → words; empty when nobody wrote them down."""
    path = _EVERYDAY / f"{table}.csv"
    if table not in list_tables() or not path.is_file():
        return {}
    _title, *rows = path.read_text(encoding="utf-8").splitlines()
    return {row["code"]: tuple(row["words"].split()) for row in csv.DictReader(rows)}


def find_label(table: str, code: str) -> str | None:
    """What a code means; None when the table has no such code."""
    return next((c.label for c in get_table(table).codes if c.code == code), None)


def find_code(table: str, label: str) -> str | None:
    """The code with exactly this label."""
    return next((c.code for c in get_table(table).codes if c.label == label), None)
