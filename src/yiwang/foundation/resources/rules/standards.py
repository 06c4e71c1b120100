"""Data elements and code tables as people and files write them; what a new version takes away. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from yiwang.foundation.resources.definitions.standards import (
    Standard,
    StandardKind,
    code_of,
)
from yiwang.foundation.resources.rules.reading import Reader
from yiwang.foundation.standards.definitions import (
    ABOUT_LABELS,
    ELEMENT_TYPE_LABELS,
    About,
    Code,
    CodeTable,
    Element,
    ElementType,
)
from yiwang.kernel.refusals import FieldProblem

#: Column → field, of the two sheets.
COLUMNS: Final[Mapping[StandardKind, Mapping[str, str]]] = {
    StandardKind.ELEMENT: {
        "数据元代码": "code", "名称": "name", "类型": "kind", "长度": "length",
        "代码表": "table", "说的是": "about", "依据": "basis",
    },
    StandardKind.TABLE: {
        "代码表": "name", "名称": "title", "来源": "source", "代码": "code", "含义": "label",
    },
}  # fmt: skip

Read = tuple[Standard, tuple[FieldProblem, ...]]


def read_element(said: Mapping[str, object]) -> tuple[Element, tuple[FieldProblem, ...]]:
    """A data element as far as it can be read, and what could not be."""
    reader = Reader(said)
    element = Element(
        code=reader.text("code"),
        name=reader.text("name"),
        kind=reader.choice("kind", ELEMENT_TYPE_LABELS, ElementType.TEXT),
        length=reader.number("length", 100),
        about=reader.choice("about", ABOUT_LABELS, About.PERSON),
        table=reader.text("table"),
        basis=reader.text("basis"),
        local=True,
    )
    return element, tuple(reader.problems)


def read_table(said: Mapping[str, object]) -> tuple[CodeTable, tuple[FieldProblem, ...]]:
    """A code table; ``codes``: pairs, or lines of code, blank, label."""
    reader = Reader(said)
    given = said.get("codes")
    pairs = given if isinstance(given, list | tuple) else _lines(reader.text("codes"))
    codes = tuple(Code(str(code).strip(), str(label).strip()) for code, label in pairs)
    table = CodeTable(
        reader.text("name"), reader.text("title"), reader.text("source"), codes, local=True
    )
    return table, tuple(reader.problems)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        code, _, label = line.strip().replace("\t", " ").replace("　", " ").partition(" ")
        if code:
            yield code, label


def losses(before: Standard | None, after: Standard) -> tuple[str, ...]:
    """What whoever holds the present version would lose: a shorter length, another table, a code."""
    if isinstance(before, Element) and isinstance(after, Element):
        return tuple(_of_element(before, after))
    if isinstance(before, CodeTable) and isinstance(after, CodeTable):
        return tuple(_of_table(before, after))
    return ()


def _of_element(before: Element, after: Element) -> Iterator[str]:
    if after.length < before.length:
        yield f"长度由 {before.length} 减为 {after.length}"
    if after.table != before.table:
        yield f"代码表由“{before.table}”换成“{after.table}”"


def _of_table(before: CodeTable, after: CodeTable) -> Iterator[str]:
    labels = {one.code: one.label for one in after.codes}
    for one in before.codes:
        if one.code not in labels:
            yield f"去掉代码 {one.code} {one.label}"
        elif labels[one.code] != one.label:
            yield f"代码 {one.code} 由“{one.label}”改为“{labels[one.code]}”"


def same(before: Standard | None, after: Standard) -> bool:
    """Says the new one just what is in force?"""
    return before is not None and replace(before, local=True) == replace(after, local=True)


def missing_columns(kind: StandardKind, header: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS[kind] if name not in header)


def read_rows(
    kind: StandardKind, lines: Iterable[tuple[int, Mapping[str, str]]]
) -> Iterator[tuple[int, Standard, tuple[FieldProblem, ...]]]:
    """Every standard of a file: its first line, what it says, what could not be read. A code table has one
    line a code; what is said about it stands on its first one."""
    seen: set[str] = set()
    for number, standard, problems in _read(kind, lines):
        if code_of(standard) in seen:
            problems = (*problems, FieldProblem("code", "这个代码在文件里出现了两次。"))
        seen.add(code_of(standard))
        yield number, standard, problems


def _read(
    kind: StandardKind, lines: Iterable[tuple[int, Mapping[str, str]]]
) -> Iterator[tuple[int, Standard, tuple[FieldProblem, ...]]]:
    columns = COLUMNS[kind]
    if kind is StandardKind.ELEMENT:
        for number, line in lines:
            yield number, *read_element({columns[c]: line.get(c, "") for c in columns})
        return
    groups: list[tuple[int, Mapping[str, str], list[tuple[str, str]]]] = []
    for number, line in lines:
        name = line.get("代码表", "").strip()
        if not groups or name not in ("", groups[-1][1].get("代码表", "").strip()):
            groups.append((number, line, []))
        groups[-1][2].append((line.get("代码", ""), line.get("含义", "")))
    for number, first, codes in groups:
        said = {
            "name": first.get("代码表"),
            "title": first.get("名称"),
            "source": first.get("来源"),
        }
        yield number, *read_table({**said, "codes": codes})


def write_rows(given: Iterable[Standard]) -> Iterator[tuple[str, ...]]:
    """The lines of a sheet; reading them back gives the same."""
    for one in given:
        if isinstance(one, Element):
            yield (
                one.code, one.name, ELEMENT_TYPE_LABELS[one.kind], str(one.length), one.table,
                ABOUT_LABELS[one.about], one.basis,
            )  # fmt: skip
            continue
        for number, code in enumerate(one.codes):
            about = ("", "") if number else (one.title, one.source)
            yield (one.name, *about, code.code, code.label)
