"""A part of a table: which columns in which order, from where to where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from yiwang.foundation.datasources.definitions import Field, FieldType, Published, QueryRefused
from yiwang.kernel.refusals import FieldProblem

#: In the key's order with rows, by the stamp with rows, in the key's order with count and sum only.
WAYS: Final = ("full", "changes", "sheet")
_LONGEST: Final = 1_000


def fields(published: Published, hidden: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields that are handed over, in the declared order."""
    return tuple(one for one in published.fields if one.name in hidden)


def told_fields(published: Published, hidden: Mapping[str, str]) -> list[list[str]]:
    """Name and type as the receiver gets them: what is hidden is text."""
    return [
        [one.name, FieldType.TEXT if hidden[one.name] else one.type]
        for one in fields(published, hidden)
    ]


def roles(published: Published) -> dict[str, Any]:
    """By which names the receiver finds a row, its change and its end."""
    names = {one.column: one.name for one in published.fields}
    return {
        "key": [names[column] for column in published.key],
        "stamp": names.get(published.stamp, ""),
        "gone": names.get(published.gone, ""),
    }


def told(
    published: Published, hidden: Mapping[str, str], part: Mapping[str, Any]
) -> dict[str, Any]:
    """What the child is asked. QueryRefused for a way the table does not go, or a wrong place."""
    these, way = fields(published, hidden), part.get("way")
    needed = [*published.key, *filter(None, (published.stamp, published.gone))]
    shown = {one.column for one in these if not hidden[one.name]}
    if not set(needed) <= shown:
        raise _no("fields", "授权的字段里要有不脱敏的主键、更新时间和删除标志。")
    if way not in WAYS or (way == "changes" and not published.stamp):
        raise _no("way", "这张表不能这样取。")
    place = [*([published.stamp] if way == "changes" else []), *published.key]
    return {
        "copy": published.table,
        "columns": [one.column for one in these],
        "types": [one.type for one in these],
        "hidden": [hidden[one.name] for one in these],
        "place": place,
        "key": list(published.key),
        "after": _at(part, "after", len(place), 1 if way == "changes" else 0),
        "upto": _at(part, "upto", len(place)),
        "settle": published.settle if way == "changes" else None,
        "stamp": published.stamp,
        "rest": published.settle,
        "bodiless": way == "sheet",
        "rows": published.rows,
        "bytes": published.bytes,
        "seconds": published.seconds,
    }


def _at(part: Mapping[str, Any], name: str, *counts: int) -> list[str]:
    """From where or to where. A stamp alone: from the first row with it."""
    place: Sequence[Any] = part.get(name) or []
    good = isinstance(place, list) and len(place) in (0, *counts)
    if not good or any(not isinstance(one, str) or len(one) > _LONGEST for one in place):
        raise _no(name, "位置不对。")
    return list(place)


def _no(name: str, sentence: str) -> QueryRefused:
    return QueryRefused(fields=[FieldProblem(name, sentence)])
