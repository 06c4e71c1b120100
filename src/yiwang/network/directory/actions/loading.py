"""Loading divisions and departments, closing a division."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from django.db import connection, transaction

from yiwang.kernel.identifiers import is_uscc
from yiwang.kernel.places import significant_prefix
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.network.directory import rules
from yiwang.network.directory.definitions import DepartmentView, LoadReport
from yiwang.network.directory.models import Department, Division

DATA = Path(__file__).parents[1] / "data"
#: The files shipped with the product, and the day their source was cut.
SHIPPED = ("gansu_5level.csv.gz", "wenzhou_5level.csv.gz", "shaoguan_5level.csv.gz")
SHIPPED_CUT_ON = date(2022, 10, 31)

_INCOMING = """
drop table if exists pg_temp.incoming_division;
create temporary table incoming_division
    (code text, name text, full_name text, level smallint, parent text, pinyin text, initials text)
    on commit drop
"""
_MERGE = """
with merged as (
    insert into directory_division
        (code, name, full_name, level, parent, pinyin, initials, valid_from)
    select code, name, full_name, level, parent, pinyin, initials, %s from incoming_division
    on conflict (code) do update
        set name = excluded.name, full_name = excluded.full_name, level = excluded.level,
            parent = excluded.parent, pinyin = excluded.pinyin, initials = excluded.initials
        where (directory_division.name, directory_division.full_name, directory_division.parent)
            is distinct from (excluded.name, excluded.full_name, excluded.parent)
    returning (xmax = 0) as added
)
select count(*) filter (where added), count(*) filter (where not added) from merged
"""
Row = tuple[str, str, str, int, str | None, str, str]


def load_shipped_divisions() -> LoadReport:
    """All divisions that come with the product: Gansu, Wenzhou, Shaoguan. Safe to run again."""
    reports = [load_divisions(path=DATA / name, valid_from=SHIPPED_CUT_ON) for name in SHIPPED]
    return LoadReport(
        read=sum(r.read for r in reports),
        added=sum(r.added for r in reports),
        changed=sum(r.changed for r in reports),
    )


def load_divisions(*, path: Path, valid_from: date, only: str = "") -> LoadReport:
    """Take in one file of divisions; new rows are valid from ``valid_from``.

    ``path``: a CSV (plain or gzip) with ``code12,name,level,parent_code12``, parents first.
    ``only``: a significant prefix (``6201``) to take in a part. Names of known codes are updated,
    nothing is deleted. InvalidInput for a row that is no division or has no parent.
    """
    return take_in(tuple(read_rows(path, only)), valid_from=valid_from)


@transaction.atomic
def take_in(rows: Sequence[Row], *, valid_from: date) -> LoadReport:
    """Rows as ``read_rows`` gives them, valid from ``valid_from``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "set local statement_timeout = '60s'"
        )  # a country at once, on a busy machine
        cursor.execute(_INCOMING)
        with cursor.copy("copy incoming_division from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(_MERGE, [valid_from])
        added, changed = cursor.fetchone() or (0, 0)
    return LoadReport(read=len(rows), added=added, changed=changed)


def read_rows(path: Path, only: str) -> Iterator[Row]:
    """The sound rows of a file, those of ``only`` if it is given; InvalidInput as above."""
    from pypinyin import lazy_pinyin  # its tables are large; only who loads divisions needs them

    opened: Callable[..., TextIO] = gzip.open if path.suffix == ".gz" else open
    names: dict[str, tuple[str, str]] = {}
    with opened(path, "rt", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            code, name, parent = row["code12"], row["name"], row["parent_code12"] or None
            if not _is_sound(code, row["level"], parent, names):
                raise InvalidInput(
                    f"第 {number} 行不是有效的行政区划：{code}。", "请改好文件后再导入。"
                )
            above = names[parent] if parent else ("", "")
            full_name = rules.join_name(above[0], above[1], name)
            names[code] = (full_name, name)
            if only and not (code.startswith(only) or only.startswith(significant_prefix(code))):
                continue
            syllables = lazy_pinyin(name)
            initials = "".join(s[:1] for s in syllables)[:40].lower()
            yield (
                code,
                name,
                full_name,
                int(row["level"]),
                parent,
                "".join(syllables).lower()[:200],
                initials,
            )


def _is_sound(code: str, level: str, parent: str | None, known: dict[str, tuple[str, str]]) -> bool:
    try:
        right_level = rules.level_of(code) == int(level)
        above = rules.lineage(code)[1:2]
    except ValueError:
        return False
    return (
        right_level and above == ((parent,) if parent else ()) and (not parent or parent in known)
    )


def close_division(*, code: str, on: date, successor: str | None) -> None:
    """A division ends on a day; its successor takes over. NotFound when it does not stand."""
    closed = Division.objects.filter(code=code, valid_until__isnull=True, valid_from__lt=on)
    if not closed.update(valid_until=on, successor=successor):
        raise NotFound("没有这个现行的行政区划。", "请检查代码和日期。")


def register_department(*, department: DepartmentView) -> None:
    """Enter or update one department. InvalidInput for a code whose check characters are wrong."""
    if not is_uscc(department.uscc):
        raise InvalidInput("统一社会信用代码校验不通过。", "请核对 18 位代码。")
    Department.objects.update_or_create(
        uscc=department.uscc,
        defaults={
            "name": department.name,
            "short_name": department.short_name,
            "division_code": department.division_code,
            "phone": department.phone,
            "address": department.address,
        },
    )
