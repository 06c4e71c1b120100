"""Run a named statement; read and add rows of a table without the ORM building SQL each time.

A statement the ORM builds is parsed and planned again at every use: for a short one that is most of
its cost, here and in the server. Use these where many people do the same thing at once, in the
module the table belongs to; the ORM everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

Row = TypeVar("Row", bound=models.Model)
Values = Sequence[Any] | Mapping[str, Any]

_KEPT: Final = "yiwang_prepared_cursor"
_PLACE: Final = re.compile(r"%%|%(?:\((\w+)\))?s")
#: Their values go to the driver as they are; what other fields keep is made by the field.
_PLAIN: Final = frozenset(
    {
        models.BigIntegerField,
        models.BooleanField,
        models.CharField,
        models.DateField,
        models.DateTimeField,
        models.PositiveIntegerField,
        models.PositiveSmallIntegerField,
        models.TextField,
    }
)


class _Prepared(psycopg.RawCursor[tuple[Any, ...]]):
    """Sends values beside the statement, which the server keeps ready under a name."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> _Prepared:
        text, names = _numbered(query)
        values = [params[name] for name in names] if names else params
        return super().execute(text, values, prepare=True)


def run(statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """Send one statement with ``%s`` or ``%(name)s`` for its values; the rows it gives back.

    In the caller's transaction where there is one. Fixed texts only: each is kept by the server.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    own = _cursor_of(connection)
    made = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    made(own).execute(statement, values)  # type: ignore[arg-type]  # any cursor of the driver
    result = own.pgresult
    return own.fetchall() if result is not None and result.nfields else []


def _cursor_of(connection: BaseDatabaseWrapper) -> _Prepared:
    """One a connection: the rows of a statement are taken before the next one is sent."""
    kept = vars(connection)
    own: _Prepared | None = kept.get(_KEPT)
    if own is None or own.connection is not connection.connection:
        own = kept[_KEPT] = _Prepared(connection.connection)
    return own


def read(model: type[Row], statement: str, values: Values = ()) -> list[Row]:
    """Whole rows of one table: ``{columns}`` in the statement stands for all of its columns."""
    return [row for row, _ in read_beside(model, statement, values)]


def read_beside(
    model: type[Row], statement: str, values: Values = ()
) -> list[tuple[Row, tuple[Any, ...]]]:
    """The same, each with what the statement says after ``{columns}``."""
    text, names, opened = _reading(model, statement)
    found = []
    for row in run(text, values):
        given: Sequence[Any] = row
        if opened:
            given = list(row)
            for place, converters in opened:
                for convert in converters:
                    given[place] = convert(given[place], None, connections[DEFAULT_DB_ALIAS])
        whole = model.from_db(DEFAULT_DB_ALIAS, names, given[: len(names)])
        found.append((whole, row[len(names) :]))
    return found


def add(*rows: models.Model) -> None:
    """Insert rows of one table; what the table numbers by itself is not read back."""
    if not rows:
        return
    text, fields = _adding(type(rows[0]), len(rows))
    connection = connections[DEFAULT_DB_ALIAS]
    values = []
    for row in rows:
        kept = row.__dict__
        for name, field in fields:
            given = kept[name]
            values.append(field.get_db_prep_save(given, connection) if field else given)
    run(text, values)


def change(
    model: type[models.Model], changes: Mapping[str, Any], *, where: Mapping[str, Any]
) -> int:
    """Set columns in the rows whose columns have these values; how many rows there were.

    A foreign key takes the row it points to.
    """
    text, fields = _changing(model, tuple(changes), tuple(where))
    connection = connections[DEFAULT_DB_ALIAS]
    given = [
        one.pk if isinstance(one, models.Model) else one
        for one in (*changes.values(), *where.values())
    ]
    values = [
        field.get_db_prep_save(value, connection) if field else value
        for field, value in zip(fields, given, strict=True)
    ]
    return len(run(text, values))


def add_new(row: models.Model) -> bool:
    """Insert one row unless a unique key of it is taken; False when it was. It gets its number."""
    text, fields = _adding(type(row), 1)
    connection = connections[DEFAULT_DB_ALIAS]
    kept = row.__dict__
    values = [
        field.get_db_prep_save(kept[name], connection) if field else kept[name]
        for name, field in fields
    ]
    number = type(row)._meta.pk
    added = run(f"{text} ON CONFLICT DO NOTHING RETURNING {number.column}", values)
    if added:
        setattr(row, number.attname, added[0][0])
    return bool(added)


@lru_cache(maxsize=512)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement as the server takes it, ``$1, $2, …``, and the names of its values in order."""
    names: list[str] = []
    plain = 0

    def number(place: re.Match[str]) -> str:
        nonlocal plain
        if place[0] == "%%":
            return "%"
        if place[1] is None:
            plain += 1
            return f"${plain}"
        if place[1] not in names:
            names.append(place[1])
        return f"${names.index(place[1]) + 1}"

    return _PLACE.sub(number, statement), tuple(names)


@lru_cache(maxsize=256)
def _reading(
    model: type[models.Model], statement: str
) -> tuple[str, tuple[str, ...], tuple[tuple[int, list[Callable[..., Any]]], ...]]:
    meta = model._meta
    columns = ", ".join(f'{meta.db_table}."{field.column}"' for field in meta.concrete_fields)
    converters = [
        field.get_db_converters(connections[DEFAULT_DB_ALIAS]) for field in meta.concrete_fields
    ]
    return (
        statement.replace("{columns}", columns),
        tuple(field.attname for field in meta.concrete_fields),
        tuple((place, some) for place, some in enumerate(converters) if some),
    )


@lru_cache(maxsize=256)
def _changing(
    model: type[models.Model], changes: tuple[str, ...], where: tuple[str, ...]
) -> tuple[str, tuple[models.Field[Any, Any] | None, ...]]:
    """The statement, and the fields that make its values, None where they are plain."""
    known = {field.name: field for field in model._meta.concrete_fields}
    known |= {field.attname: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in (*changes, *where)]
    named = [f'"{field.column}" = %s' for field in fields]
    return (
        f"UPDATE {model._meta.db_table} SET {', '.join(named[: len(changes)])}"  # noqa: S608 # nosec B608
        f" WHERE {' AND '.join(named[len(changes) :])} RETURNING 1",
        tuple(None if type(field) in _PLAIN else field for field in fields),
    )


@lru_cache(maxsize=256)
def _adding(
    model: type[models.Model], count: int
) -> tuple[str, tuple[tuple[str, models.Field[Any, Any] | None], ...]]:
    """The statement, and the columns with the field that makes their value, None where it is plain."""
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    return (
        f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {places}",  # noqa: S608 # nosec B608
        tuple((f.attname, None if type(f) in _PLAIN else f) for f in fields),
    )
