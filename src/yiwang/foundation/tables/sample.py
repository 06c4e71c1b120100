"""A department's table and the front-end database that takes it, for tests and measurements."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from yiwang.foundation.datasources.definitions import Field, FieldType, Published, ServiceKind
from yiwang.foundation.tables.definitions import Deletions, Difference, Phase
from yiwang.foundation.tables.models import TableCopy

#: A table with everything that can go wrong on the way: tabs, backslashes, nothing, long numbers.
FIELDS: Final = (
    Field("no", "no", "登记号", FieldType.TEXT, grade=1),
    Field("name", "name", "名称", FieldType.TEXT),
    Field("phone", "phone", "电话", FieldType.TEXT, grade=3, mask="PHONE"),
    Field("fee", "fee", "金额", FieldType.DECIMAL),
    Field("since", "since", "登记日期", FieldType.DATE),
    Field("n", "n", "数", FieldType.INTEGER),
    Field("gone", "gone", "已删除", FieldType.YES_NO),
    Field("changed", "changed", "更新时间", FieldType.TEXT),
)
CREATE: Final = """
CREATE TABLE {schema}.register (no text COLLATE "C" PRIMARY KEY, name text, phone text,
    fee numeric(12,2), since date, n bigint, gone boolean, changed timestamptz NOT NULL);
INSERT INTO {schema}.register SELECT 'R' || lpad(i::text, 8, '0'), '示例商户' || i,
    '1390000' || lpad((i % 10000)::text, 4, '0'), (i % 9000) + 0.5, date '2020-01-01' + (i % 2000)::int,
    i, false, timestamptz '2026-01-01' + i * interval '1 second' FROM generate_series(1, {rows}) i;
"""


TABLE: Final = Published(
    name="register",
    title="商户登记整表（示例）",
    kind=ServiceKind.TABLE,
    table="front.register",
    fields=FIELDS,
    key=("no",),
    stamp="changed",
    gone="gone",
    settle=0,
    rows=50_000,
    seconds=10.0,
    bytes=8 * 1024 * 1024,
)


def copy(
    service: str = "62/register", *, department: str, division_code: str, at: datetime
) -> TableCopy:
    """A table that is taken, with a difference; its database is looked at only when it is pulled."""
    row = TableCopy.objects.create(
        service=service,
        purpose="核对申请人情况",
        address="postgresql://back:sample@front.example:5432/front",
        place=f"front.t{TableCopy.objects.count()}",
        deletions=Deletions.FLAG,
        phase=Phase.CHANGES,
        number=21,
        total=1_000_000,
        last_at=at,
        reached="2026-03-02 01:00:00+00",
        department=department,
        division_code=division_code,
        made_by="official:sampler",
        made_at=at,
    )
    row.findings.create(kind=Difference.DIFFERENT, rows=2, stretch='[["R1"], ["R9"]]', found_at=at)
    return row


def table(name: str = "register", **changes: Any) -> Published:
    """A register, handed over whole."""
    return replace(TABLE, name=name, **changes)
