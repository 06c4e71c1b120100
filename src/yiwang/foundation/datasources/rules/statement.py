"""The statement behind a question. Names come from the definition alone and are quoted; values never
stand in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from yiwang.foundation.datasources.definitions import (
    Field,
    FieldType,
    Operator,
    Parameter,
    Published,
    SourceKind,
)
from yiwang.foundation.datasources.rules import analyst
from yiwang.foundation.datasources.rules.values import Plain

#: Keys asked about by one statement of a batch.
AT_ONCE: Final = 400
_SIGNS: Final = {Operator.EQUALS: "=", Operator.AT_LEAST: ">=", Operator.AT_MOST: "<="}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its values, each with its type; and the types of what comes back."""

    sql: str
    values: tuple[tuple[FieldType, Plain], ...]
    names: tuple[str, ...]
    types: tuple[FieldType, ...]


def build(
    published: Published,
    given: Mapping[str, Sequence[Plain]],
    names: Sequence[str],
    *,
    kind: SourceKind,
) -> Statement:
    """The statement for one question: one row more than may be given, to know that there are more."""
    place = place_of(kind)
    fields = [one for one in published.fields if one.name in names]
    if published.sql:
        text, values = _analysts(published, given, fields, place)
    else:
        text, values = _simple(published, given, fields, place)
    return Statement(
        f"{text} LIMIT {int(published.rows) + 1}",
        tuple(values),
        tuple(one.name for one in fields),
        tuple(one.type for one in fields),
    )


def _simple(
    published: Published,
    given: Mapping[str, Sequence[Plain]],
    fields: Sequence[Field],
    place: str,
) -> tuple[str, list[tuple[FieldType, Plain]]]:
    columns = _columns(fields, place)
    conditions, values = [], []
    for one in published.parameters:
        if one.name in given:
            conditions.append(_condition(one, len(given[one.name]), place))
            values += [(one.type, value) for value in _for_comparing(one, given[one.name])]
    text = f"SELECT {columns} FROM {_table(published.table, place)} AS t"  # noqa: S608 # nosec B608
    if conditions:
        text += " WHERE " + " AND ".join(conditions)
    if published.order:
        text += " ORDER BY " + ", ".join(_column(column, place) for column in published.order)
    return text, values


def _analysts(
    published: Published,
    given: Mapping[str, Sequence[Plain]],
    fields: Sequence[Field],
    place: str,
) -> tuple[str, list[tuple[FieldType, Plain]]]:
    """The analyst's statement inside ours: only declared fields leave it."""
    types = {one.name: one.type for one in published.parameters}
    inner = analyst.with_places(published.sql, place)
    text = f"SELECT {_columns(fields, place)} FROM ({inner}) AS t"  # noqa: S608 # nosec B608
    return text, [(types[name], given[name][0]) for name in analyst.names_in(published.sql)]


def build_verify(
    published: Published, keys: Sequence[tuple[Plain, ...]], *, kind: SourceKind
) -> tuple[Statement, ...]:
    """Statements that find which of the keys there are, a few hundred at once."""
    place = place_of(kind)
    types = {one.column: one.type for one in published.fields}
    kinds = tuple(types[column] for column in published.key)
    columns = ", ".join(_column(column, place) for column in published.key)
    one_key = "(" + ", ".join([place] * len(kinds)) + ")"
    out = []
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        listed = ", ".join([one_key] * len(some))
        text = (
            f"SELECT DISTINCT {columns} FROM {_table(published.table, place)} AS t"  # noqa: S608 # nosec B608
            f" WHERE ({columns}) IN (VALUES {listed})"
        )
        values = tuple((one, value) for key in some for one, value in zip(kinds, key, strict=True))
        out.append(Statement(text, values, published.key, kinds))
    return tuple(out)


def place_of(kind: SourceKind) -> str:
    """How the driver marks a value's place."""
    return "%s" if kind is SourceKind.POSTGRES else "?"


def quoted(name: str, place: str) -> str:
    """A name in quotes, whatever stands in it; a percent sign is doubled where the driver reads them."""
    safe = name.replace('"', '""')
    return f'"{safe.replace("%", "%%") if place == "%s" else safe}"'


def _columns(fields: Sequence[Field], place: str) -> str:
    return ", ".join(f"{_column(one.column, place)} AS {quoted(one.name, place)}" for one in fields)


def _column(name: str, place: str) -> str:
    """With its table: SQLite takes an unknown name in quotes alone for a text."""
    return f"t.{quoted(name, place)}"


def _table(name: str, place: str) -> str:
    """``schema.table`` names both; a point inside a name cannot be asked for."""
    return ".".join(quoted(part, place) for part in name.split("."))


def _condition(one: Parameter, count: int, place: str) -> str:
    column = _column(one.column, place)
    if one.operator is Operator.ONE_OF:
        return f"{column} IN ({', '.join([place] * count)})"
    if one.operator is Operator.BEGINS_WITH:
        return f"{column} LIKE {place} ESCAPE '!'"
    return f"{column} {_SIGNS[one.operator]} {place}"


def _for_comparing(one: Parameter, values: Sequence[Plain]) -> list[Plain]:
    if one.operator is not Operator.BEGINS_WITH:
        return list(values)
    text = str(values[0])
    for sign in "!%_":
        text = text.replace(sign, "!" + sign)
    return [text + "%"]
