"""From the columns of a table to a definition: what is suggested, and what an officer ticked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yiwang.foundation.datasources.definitions import (
    DraftRow,
    Field,
    FieldType,
    Operator,
    Parameter,
    Published,
    ServiceKind,
    Table,
)

_NO_NAME: Final = re.compile(r"[^a-z0-9]+")
#: Words in a column's name, and the grade and mask suggested for it (the officer decides).
_PERSONAL: Final[tuple[tuple[tuple[str, ...], int, str], ...]] = (
    (("身份证", "身份号码", "证件号"), 3, "CITIZEN_ID"),
    (("手机", "电话", "联系方式"), 3, "PHONE"),
    (("账号", "卡号"), 3, "ACCOUNT"),
    (("地址", "住址", "住所"), 3, "ADDRESS"),
    (("姓名", "经营者", "法定代表人", "联系人", "负责人", "户主"), 3, "NAME"),
)


def suggest(table: Table) -> tuple[DraftRow, ...]:
    """A row for every column; asked by the first one that holds codes or text."""
    names: set[str] = set()
    rows = []
    for column in table.columns:
        name = _wire_name(column.name, names)
        names.add(name)
        grade, mask = _grade_of(column.name)
        rows.append(DraftRow(column.name, column.type, name, column.name, grade=grade, mask=mask))
    first = next((n for n, row in enumerate(rows) if row.type is FieldType.TEXT), None)
    if first is not None:
        rows[first] = replace(rows[first], operator=Operator.EQUALS.value)
    return tuple(rows)


def drafted(
    rows: Sequence[DraftRow],
    *,
    name: str,
    title: str,
    kind: ServiceKind,
    table: str,
    most: int = 1000,
    seconds: float = 2.0,
    large: int = 0,
) -> Published:
    """The definition these rows make."""
    verifies = kind is ServiceKind.VERIFY
    out = [row for row in rows if (row.key if verifies else row.out)]
    asked = [] if verifies else [row for row in rows if row.operator]
    return Published(
        name=name,
        title=title,
        kind=kind,
        table=table,
        fields=tuple(
            Field(
                row.name, row.column, row.label, row.type, row.grade,
                "" if row.mask == "NONE" else row.mask,
            )
            for row in out
        ),
        parameters=tuple(
            Parameter(
                row.name, row.label, row.type, row.column, Operator(row.operator), row.required
            )
            for row in asked
        ),
        rows=most,
        seconds=seconds,
        large=large,
        key=tuple(row.column for row in out) if verifies else (),
    )  # fmt: skip


def _wire_name(column: str, taken: set[str]) -> str:
    """A name for programs: the column's own when it is one, else by its sounds."""
    from pypinyin import lazy_pinyin  # large tables, seldom needed

    spelled = column.lower() if column.isascii() else "_".join(lazy_pinyin(column)).lower()
    name = _NO_NAME.sub("_", spelled).strip("_")[:36] or "field"
    if not name[0].isalpha():
        name = f"f_{name}"[:36]
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _grade_of(column: str) -> tuple[int, str]:
    for words, grade, mask in _PERSONAL:
        if any(word in column for word in words):
            return grade, mask
    return 2, "NONE"
