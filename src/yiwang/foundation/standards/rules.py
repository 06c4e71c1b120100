"""What is wrong with a data element or a code table as it was written down. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from yiwang.foundation.standards.definitions import CodeTable, Element, ElementType
from yiwang.kernel.refusals import FieldProblem

ELEMENT_CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
TABLE_NAME: Final = re.compile(r"[a-z][a-z-]{0,39}")
MOST_CODES: Final = 5_000


def element_problems(element: Element, *, tables: Collection[str]) -> tuple[FieldProblem, ...]:
    """Everything that is wrong, field by field. ``tables``: the code tables that are in force."""
    return tuple(_of_element(element, tables))


def table_problems(table: CodeTable) -> tuple[FieldProblem, ...]:
    """Everything that is wrong with a code table; a code stands in it once and has a label."""
    return tuple(_of_table(table))


def _of_element(element: Element, tables: Collection[str]) -> Iterator[FieldProblem]:
    if len(element.code) > 60 or ELEMENT_CODE.fullmatch(element.code) is None:
        yield FieldProblem("code", "代码不对。", "请用小写字母和点，例如 person.school。")
    if not element.name or len(element.name) > 80:
        yield FieldProblem("name", "名称是空的或者超过 80 字。")
    if not 0 < element.length <= 1_000_000:
        yield FieldProblem("length", "长度要在 1 到 1000000 之间。")
    if len(element.basis) > 120:
        yield FieldProblem("basis", "依据超过 120 字。")
    if (element.kind is ElementType.CODE) != bool(element.table):
        yield FieldProblem("table", "代码型要写代码表，其他类型不写。")
    elif element.table and element.table not in tables:
        yield FieldProblem("table", f"没有代码表“{element.table[:40]}”。")


def _of_table(table: CodeTable) -> Iterator[FieldProblem]:
    if TABLE_NAME.fullmatch(table.name) is None:
        yield FieldProblem("name", "代码表的代码不对。", "请用小写字母和短横线，例如 school-kind。")
    if not table.title or len(table.title) > 80:
        yield FieldProblem("title", "名称是空的或者超过 80 字。")
    if not table.source or len(table.source) > 120:
        yield FieldProblem("source", "要写明来源，不超过 120 字。", "没有标准的写“本地约定”。")
    if not 2 <= len(table.codes) <= MOST_CODES:
        yield FieldProblem("codes", f"代码要有 2 到 {MOST_CODES} 个。")
    seen: set[str] = set()
    for one in table.codes[:MOST_CODES]:
        if not 0 < len(one.code) <= 40 or not 0 < len(one.label) <= 200:
            yield FieldProblem(
                "codes", f"“{one.code[:40]}”这一行不完整。", "一行一个：代码，空格，含义。"
            )
        elif one.code in seen:
            yield FieldProblem("codes", f"代码“{one.code}”写了两次。")
        seen.add(one.code)
