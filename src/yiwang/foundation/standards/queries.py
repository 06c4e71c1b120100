"""Questions about code tables and data elements. The files beside this one change by release; a place adds
data elements of its own in a table."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from django.db.models import Q

from yiwang.foundation.standards import rules
from yiwang.foundation.standards.definitions import (
    About,
    Code,
    CodeTable,
    Element,
    ElementType,
)
from yiwang.foundation.standards.models import DataElement, LocalCodeTable
from yiwang.kernel.pages import Page, bounded
from yiwang.kernel.refusals import FieldProblem, NotFound

_FOLDER = Path(__file__).parent / "tables"
_EVERYDAY = Path(__file__).parent / "everyday"
_ELEMENTS = Path(__file__).parent / "elements"
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


def shipped_tables() -> tuple[str, ...]:
    """The names of the tables that came with the product: ``sex``, ``people``, ``id-kind`` …"""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.csv")))


def list_tables() -> tuple[str, ...]:
    """The names of all tables in force, the shipped and this place's own (at most 2,000)."""
    own = LocalCodeTable.objects.filter(withdrawn_because="").values_list("name", flat=True)
    return tuple(sorted({*shipped_tables(), *own.order_by("name")[:2_000]}))


def read_tables() -> tuple[CodeTable, ...]:
    """Every table in force with its values, by name."""
    shipped = [table for name in shipped_tables() if (table := _read(name))]
    own = LocalCodeTable.objects.filter(withdrawn_because="").order_by("name")[:2_000]
    every = [*shipped, *(table_of(row) for row in own)]
    return tuple(sorted(every, key=lambda one: one.name))


def get_table(name: str) -> CodeTable:
    """One table whole, in published order, a withdrawn one too; NotFound for an unknown name."""
    table = _read(name) or _own_table(name)
    if table is None:
        raise NotFound("没有这张代码表。", "请检查代码表名称。")
    return table


def _own_table(name: str) -> CodeTable | None:
    row = LocalCodeTable.objects.filter(name=name).first()
    return table_of(row) if row else None


def table_of(row: LocalCodeTable) -> CodeTable:
    """A row of this place as everybody sees it."""
    codes = tuple(Code(code, label) for code, label in row.codes)
    return CodeTable(
        row.name, row.title, row.source, codes, local=True, withdrawn=row.withdrawn_because
    )


@cache
def everyday_words(table: str) -> Mapping[str, tuple[str, ...]]:
    """How people speak of the codes of a table: code → words; empty when nobody wrote them down."""
    path = _EVERYDAY / f"{table}.csv"
    if table not in shipped_tables() or not path.is_file():
        return {}
    _title, *rows = path.read_text(encoding="utf-8").splitlines()
    return {row["code"]: tuple(row["words"].split()) for row in csv.DictReader(rows)}


def find_label(table: str, code: str) -> str | None:
    """What a code means; None when the table has no such code."""
    return next((c.label for c in get_table(table).codes if c.code == code), None)


def find_code(table: str, label: str) -> str | None:
    """The code with exactly this label."""
    return next((c.code for c in get_table(table).codes if c.label == label), None)


@cache
def _shipped() -> Mapping[str, Element]:
    with (_ELEMENTS / "elements.csv").open(encoding="utf-8") as lines:
        return {
            row["code"]: Element(
                code=row["code"],
                name=row["name"],
                kind=ElementType(row["kind"]),
                length=int(row["length"]),
                about=About(row["about"]),
                table=row["table"],
                basis=row["basis"],
                local=row["local"] == "true",
            )
            for row in csv.DictReader(lines)
        }


@cache
def _answered() -> Mapping[str, tuple[str, ...]]:
    with (_ELEMENTS / "sources.csv").open(encoding="utf-8") as lines:
        return {row["source"]: tuple(row["elements"].split()) for row in csv.DictReader(lines)}


def element_of(row: DataElement) -> Element:
    """A row of this place as everybody sees it."""
    return Element(
        code=row.code,
        name=row.name,
        kind=ElementType(row.kind),
        length=row.length,
        about=About(row.about),
        table=row.table,
        basis=row.basis,
        local=True,
        withdrawn=row.withdrawn_because,
    )


def problems_of(standard: Element | CodeTable) -> tuple[FieldProblem, ...]:
    """Everything that is wrong with a data element or a code table, field by field."""
    if isinstance(standard, Element):
        return rules.element_problems(standard, tables=list_tables())
    return rules.table_problems(standard)


def is_shipped(code: str) -> bool:
    """Did this data element come with the product? Then only a release changes it."""
    return code in _shipped()


def find_elements(codes: Iterable[str]) -> dict[str, Element]:
    """Several data elements in force at once, by code; unknown and withdrawn codes are left out."""
    wanted = set(codes)
    found = {code: one for code, one in _shipped().items() if code in wanted}
    own = DataElement.objects.filter(code__in=wanted - set(found), withdrawn_because="")
    rows = own if wanted - set(found) else ()
    return found | {row.code: element_of(row) for row in rows}


def list_elements(*, about: About | None = None) -> tuple[Element, ...]:
    """Every data element by code, the shipped and this place's own (at most 5,000); of one kind of subject."""
    rows = DataElement.objects.filter(withdrawn_because="").order_by("code")[:5_000]
    every = {**_shipped(), **{row.code: element_of(row) for row in rows}}
    return tuple(every[c] for c in sorted(every) if about is None or every[c].about is about)


def page_of_elements(*, text: str = "", after: str = "", limit: int = 50) -> Page[Element]:
    """Data elements by code, the shipped and this place's own, found by a part of code, name or table."""
    wanted, most = text.strip().lower()[:60], bounded(limit)
    rows = DataElement.objects.filter(code__gt=after, withdrawn_because="")
    if wanted:
        rows = rows.filter(Q(code__icontains=wanted) | Q(name__icontains=wanted) | Q(table=wanted))
    own = [element_of(row) for row in rows.order_by("code")[: most + 1]]
    shipped = [
        one
        for one in _shipped().values()
        if one.code > after
        and (not wanted or wanted in f"{one.code} {one.name}".lower() or wanted == one.table)
    ]
    found = sorted([*own, *shipped], key=lambda one: one.code)
    following = found[most - 1].code if len(found) > most else ""
    return Page(tuple(found[:most]), following)


def elements_in(table: str) -> tuple[Element, ...]:
    """The data elements in force that are written in a code table, by code (at most 500)."""
    own = DataElement.objects.filter(table=table, withdrawn_because="").order_by("code")[:500]
    shipped = [one for one in _shipped().values() if table and one.table == table]
    return tuple(sorted([*shipped, *map(element_of, own)], key=lambda one: one.code))


def get_element(code: str) -> Element:
    """One data element, a withdrawn one too; NotFound."""
    found = _shipped().get(code) or _own_element(code)
    if found is None:
        raise NotFound("没有这个数据元。", "请检查数据元代码。")
    return found


def _own_element(code: str) -> Element | None:
    row = DataElement.objects.filter(code=code).first()
    return element_of(row) if row else None


def elements_of(source: str) -> tuple[str, ...] | None:
    """Which data a registered source answers from, () when it follows rules only; None: nobody said."""
    return _answered().get(source)
