"""Is a definition whole and safe? Names, limits, and what refers to what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from yiwang.foundation.datasources.definitions import (
    MOST_BATCH,
    MOST_BYTES,
    MOST_FIELDS,
    MOST_LARGE_ROWS,
    MOST_PARAMETERS,
    MOST_ROWS,
    MOST_SECONDS,
    PERSONAL_GRADE,
    FieldType,
    Operator,
    Published,
    ServiceKind,
    Table,
)
from yiwang.foundation.datasources.rules import analyst
from yiwang.kernel.refusals import FieldProblem

#: The service's own name, and names on the line: they stand in JSON and URLs.
SERVICE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
WIRE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LABEL: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,80}")


def problems(published: Published, tables: Sequence[Table]) -> tuple[FieldProblem, ...]:
    """Everything wrong with it, each at its place; empty when it may be published."""
    found = [*_names(published), *_limits(published)]
    if published.sql:
        found += _analyst(published)
    else:
        found += _simple(published, tables)
    if published.kind is ServiceKind.VERIFY:
        found += _verify(published)
    if published.kind is ServiceKind.TABLE:
        found += _table(published)
    return tuple(found)


def _names(published: Published) -> Iterator[FieldProblem]:
    if not SERVICE_NAME.fullmatch(published.name):
        yield FieldProblem("name", "服务名称只能用小写字母、数字和短横线，2 到 40 个字符。")
    if not _LABEL.fullmatch(published.title):
        yield FieldProblem("title", "请写服务的中文名称，不超过 80 个字。")
    for kind, these in (("fields", published.fields), ("parameters", published.parameters)):
        seen: set[str] = set()
        for one in these:
            place = f"{kind}.{one.name}"
            if not WIRE_NAME.fullmatch(one.name):
                yield FieldProblem(
                    place, "名称只能用小写字母、数字和下划线，以字母开头，不超过 40 个字符。"
                )
            if one.name in seen:
                yield FieldProblem(place, "名称重复。")
            if not _LABEL.fullmatch(one.label):
                yield FieldProblem(place, "请写中文名称，不超过 80 个字。")
            seen.add(one.name)


def _limits(published: Published) -> Iterator[FieldProblem]:
    for name, value, most in (
        ("rows", published.rows, MOST_BATCH if published.kind is ServiceKind.TABLE else MOST_ROWS),
        ("seconds", published.seconds, MOST_SECONDS),
        ("bytes", published.bytes, MOST_BYTES),
    ):
        if not 0 < value <= most:
            yield FieldProblem(name, f"应在 1 到 {most:g} 之间。")
    if published.large:
        if published.kind is not ServiceKind.QUERY:
            yield FieldProblem("large", "只有查询服务有大答复。")
        elif not published.rows <= published.large <= MOST_LARGE_ROWS:
            sentence = (
                f"应在一次最多的行数（{published.rows}）到 {MOST_LARGE_ROWS} 之间，或者写 0。"
            )
            yield FieldProblem("large", sentence)
    if len(published.fields) > MOST_FIELDS or len(published.parameters) > MOST_PARAMETERS:
        yield FieldProblem("fields", f"最多 {MOST_FIELDS} 个字段、{MOST_PARAMETERS} 个参数。")
    if published.kind is not ServiceKind.VERIFY and not published.fields:
        yield FieldProblem("fields", "至少要给出一个字段。")
    for one in published.fields:
        if one.grade not in (1, 2, 3, 4):
            yield FieldProblem(f"fields.{one.name}", "分级应为 1 到 4。")


def _simple(published: Published, tables: Sequence[Table]) -> Iterator[FieldProblem]:
    """Everything named is there, and nobody may read the whole table by saying nothing."""
    table = next((one for one in tables if one.name == published.table), None)
    if table is None:
        yield FieldProblem("table", "数据源里没有这张表。")
        return
    columns = {one.name: one.type for one in table.columns}
    for one in published.fields:
        if one.column not in columns:
            yield FieldProblem(f"fields.{one.name}", "表里没有这一列。")
    for asked in published.parameters:
        place = f"parameters.{asked.name}"
        if asked.column not in columns:
            yield FieldProblem(place, "表里没有这一列。")
        elif asked.type is not columns[asked.column]:
            yield FieldProblem(place, "类型和列的类型不一致。")
        if asked.operator is Operator.BEGINS_WITH and asked.type is not FieldType.TEXT:
            yield FieldProblem(place, "只有文字可以按开头查。")
    if not set(published.order) <= set(columns):
        yield FieldProblem("order", "表里没有排序用的列。")
    if not set(published.key) <= set(columns):
        yield FieldProblem("key", "表里没有核验用的列。")
    personal = any(one.grade >= PERSONAL_GRADE for one in published.fields)
    asks = published.kind is ServiceKind.QUERY
    if asks and personal and not any(p.required for p in published.parameters):
        yield FieldProblem(
            "parameters", "有三级以上字段的服务，至少要有一个必填参数，不能不说查谁就给出全部。"
        )


def _analyst(published: Published) -> Iterator[FieldProblem]:
    if published.kind is not ServiceKind.QUERY:
        yield FieldProblem("sql", "批量核验不用自编语句。")
    problem = analyst.problem_of(published.sql)
    if problem:
        yield FieldProblem("sql", problem)
        return
    named = set(analyst.names_in(published.sql))
    known = {one.name for one in published.parameters}
    for name in sorted(named - known):
        yield FieldProblem("sql", f"语句里的参数 :{name} 没有声明。")
    for name in sorted(known - named):
        yield FieldProblem(f"parameters.{name}", "语句里没有用到这个参数。")
    for one in published.parameters:
        if one.operator is not Operator.EQUALS or not one.required:
            yield FieldProblem(
                f"parameters.{one.name}", "自编语句的参数都是必填的，怎么比较由语句决定。"
            )


def _table(published: Published) -> Iterator[FieldProblem]:
    """A table is walked by its key and followed by its stamp, so both have to be handed over as they are."""
    by_column = {one.column: one for one in published.fields}
    named = [*published.key, *filter(None, (published.stamp, published.gone))]
    if not 1 <= len(published.key) <= 4 or len(set(named)) != len(named):
        yield FieldProblem("key", "请说明哪几列合起来只对应一行（一到四列），不能和别的用处重复。")
    if any(column not in by_column for column in named):
        yield FieldProblem("key", "主键、更新时间和删除标志都要在给出的字段里。")
    if any(by_column[column].mask for column in named if column in by_column):
        yield FieldProblem("key", "主键、更新时间和删除标志不能脱敏。")
    gone = by_column.get(published.gone)
    if gone is not None and gone.type is not FieldType.YES_NO:
        yield FieldProblem("gone", "删除标志应是“是否”类型的列。")
    if published.parameters or published.sql:
        yield FieldProblem("parameters", "整表交换没有参数，也不用自编语句。")
    if not 0 <= published.settle <= 3600:
        yield FieldProblem("settle", "等待的秒数应在 0 到 3600 之间。")


def _verify(published: Published) -> Iterator[FieldProblem]:
    if not published.key:
        yield FieldProblem("key", "请说明核验哪几列。")
    if len(set(published.key)) != len(published.key) or len(published.key) > 4:
        yield FieldProblem("key", "核验用一到四列，不能重复。")
    if not 1 <= published.least <= 1000:
        yield FieldProblem("least", "每批最少数量应在 1 到 1000 之间。")
    if not 1 <= published.misses_per_day <= published.keys_per_day <= 10_000_000:
        yield FieldProblem("keys_per_day", "每天的数量不对：不符的数量不能多于核验的数量。")
    grade = max((f.grade for f in published.fields if f.column in published.key), default=0)
    if {f.column for f in published.fields} != set(published.key):
        yield FieldProblem("fields", "核验的每一列都要写明名称和分级，也只写这些列。")
    elif grade >= PERSONAL_GRADE and len(published.key) < 2:
        yield FieldProblem(
            "key", "三级以上的内容要同时核验两列（如号码和姓名），只凭一个号码就能试出谁在里面。"
        )
