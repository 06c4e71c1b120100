"""The receiving database: its own schema, its own account. A part and the word of how far the table is
are written in one transaction, so that a part counts once whatever is killed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from yiwang.foundation.tables.definitions import CannotTake, Phase

_TYPES: Final = {
    "TEXT": "text",
    "INTEGER": "bigint",
    "DECIMAL": "numeric",
    "DATE": "date",
    "YES_NO": "boolean",
}
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Shape:
    """What rows look like: their fields with types, and which of them are key, stamp, end."""

    fields: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    stamp: str
    gone: str

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Shape:
        """As the provider tells it; KeyError, TypeError, ValueError for anything else."""
        return cls(
            tuple((str(name), _TYPES[kind] and str(kind)) for name, kind in found["fields"]),
            tuple(map(str, found["key"])),
            str(found["stamp"]),
            str(found["gone"]),
        )


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a table is: the number of the last part, and where the next one begins."""

    number: int = 0
    phase: Phase = Phase.FULL
    after: tuple[str, ...] = ()
    since: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows of a stretch that differ from the source's; ``moving``: changed there meanwhile."""

    missing: int
    surplus: int
    different: int
    moving: int


class Target:
    """One receiving table, over one connection."""

    def __init__(self, address: Mapping[str, Any], place: str, copy: str) -> None:
        schema, _point, name = place.partition(".")
        self._schema, self._copy = schema, copy
        self.table = sql.Identifier(schema, name)
        self._book = sql.Identifier(schema, "yiwang_taken")
        try:
            self.db = psycopg.connect(
                **address,
                autocommit=True,
                connect_timeout=5,
                application_name="yiwang tables",
                options="-c datestyle=ISO -c timezone=UTC -c lock_timeout=10000"
                " -c synchronous_commit=on",
            )
        except psycopg.Error as error:
            raise CannotTake("前置库现在连不上。") from error

    def close(self) -> None:
        self.db.close()

    def prepare(self, shape: Shape) -> None:
        """Make the table and the book of how far it is, where they are not."""
        columns = [
            sql.SQL("{} {}{}").format(
                sql.Identifier(name),
                sql.SQL(_TYPES[kind]),
                sql.SQL(' COLLATE "C"' if name in shape.key and kind == "TEXT" else ""),
            )
            for name, kind in shape.fields
        ]
        key = sql.SQL(", ").join(map(sql.Identifier, shape.key))
        with self.db.transaction():
            self._do(
                "CREATE TABLE IF NOT EXISTS {book} (copy text PRIMARY KEY, number bigint NOT NULL,"
                " phase text NOT NULL, place jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now())"
            )
            self._do(
                "CREATE TABLE IF NOT EXISTS {table} ({columns}, PRIMARY KEY ({key}))",
                columns=sql.SQL(", ").join(columns),
                key=key,
            )

    def reached(self, *, lock: bool = False) -> Reached:
        """Where it is; at the beginning when nothing was applied yet."""
        there = self.db.execute(
            "SELECT to_regclass(%s) IS NOT NULL", [self._book.as_string(self.db)]
        ).fetchone()
        if there != (True,):
            return Reached()
        row = self._do(
            "SELECT number, phase, place FROM {book} WHERE copy = %s{lock}",
            [self._copy],
            lock=sql.SQL(" FOR UPDATE" if lock else ""),
        ).fetchone()
        if row is None:
            return Reached()
        return Reached(row[0], Phase(row[1]), tuple(row[2]["after"]), row[2]["since"])

    def apply_full(
        self, before: Reached, reached: Reached, shape: Shape, upto: Sequence[str], lines: bytes
    ) -> bool:
        """Put these rows in the place of whatever lies in their stretch; False: it was done before."""
        with self.db.transaction():
            if self.reached(lock=True) != before:
                return False
            self._replace(shape, before.after, upto, lines)
            self._note(reached)
        return True

    def replace(
        self, shape: Shape, after: Sequence[str], upto: Sequence[str], lines: bytes
    ) -> None:
        """The same for a stretch that is taken again; how far the table is stays as it is."""
        with self.db.transaction():
            self._replace(shape, after, upto, lines)

    def apply_changes(self, before: Reached, reached: Reached, shape: Shape, lines: bytes) -> bool:
        """Changed and new rows by their key; who is flagged goes. False: it was done before."""
        with self.db.transaction():
            if self.reached(lock=True) != before:
                return False
            self._stage(shape, lines)
            self._do("DELETE FROM {table} t USING staged s WHERE {same}", same=self._same(shape))
            stays: sql.Composable = sql.SQL("")
            if shape.gone:
                stays = sql.SQL(" WHERE {} IS NOT TRUE").format(sql.Identifier(shape.gone))
            self._do(
                "INSERT INTO {table} ({names}) SELECT {names} FROM staged{stays}",
                names=self._names(shape),
                stays=stays,
            )
            self._note(reached)
        return True

    def compare(
        self,
        shape: Shape,
        after: Sequence[str],
        upto: Sequence[str],
        lines: bytes,
        *,
        newest: str,
        delete: bool,
    ) -> Compared:
        """Our rows of a stretch beside the source's. ``delete``: who is only here goes.

        ``newest``: a row the source changed later than that is on its way and no difference.
        """
        with self.db.transaction():
            self._stage(shape, lines)
            stretch, values = self._stretch(shape, after, upto)
            moving: sql.Composable = sql.SQL("false")
            if shape.stamp and newest:
                moving = sql.SQL("s.{} > %s").format(sql.Identifier(shape.stamp))
                values = [*values, newest]
            here = sql.SQL("(SELECT * FROM {table} q{stretch})").format(
                table=self.table, stretch=stretch
            )
            first = sql.Identifier(shape.key[0])
            row = self._do(
                "SELECT count(*) FILTER (WHERE t.{first} IS NULL AND NOT moving),"
                " count(*) FILTER (WHERE s.{first} IS NULL),"
                " count(*) FILTER (WHERE t.{first} IS NOT NULL AND s.{first} IS NOT NULL"
                " AND differs AND NOT moving), count(*) FILTER (WHERE moving AND"
                " (t.{first} IS NULL OR differs))"
                " FROM {here} t FULL JOIN staged s ON {same},"
                " LATERAL (SELECT coalesce({moving}, false) AS moving,"
                " ({ours}) IS DISTINCT FROM ({theirs}) AS differs) x",
                values,
                first=first,
                here=here,
                same=self._same(shape),
                moving=moving,
                ours=self._names(shape, "t"),
                theirs=self._names(shape, "s"),
            ).fetchone()
            missing, surplus, different, on_the_way = row or (0, 0, 0, 0)
            if delete and surplus:
                stretch, values = self._stretch(shape, after, upto)
                self._do(
                    "DELETE FROM {table} t USING (SELECT * FROM {table} q{stretch}) o WHERE {here}"
                    " AND NOT EXISTS (SELECT FROM staged s WHERE {same})",
                    values,
                    stretch=stretch,
                    here=self._same(shape, "o"),
                    same=self._same(shape),
                )
        return Compared(missing, surplus, different, on_the_way)

    def sum_of(self, shape: Shape, after: Sequence[str], upto: Sequence[str]) -> tuple[int, str]:
        """Rows and SM3 of our stretch, in the form both sides write it."""
        stretch, values = self._stretch(shape, after, upto)
        text = sql.SQL("COPY (SELECT {names} FROM {table} q{stretch} ORDER BY {key}) TO STDOUT")
        names = {"names": self._names(shape), "key": self._key(shape), "stretch": stretch}
        digest, rows = hashlib.new("sm3"), 0
        whole = text.format(table=self.table, **names)
        with self.db.cursor() as cursor, cursor.copy(whole, values) as stream:
            for line in stream:
                rows += 1
                digest.update(line)
        return rows, digest.hexdigest()

    def _replace(
        self, shape: Shape, after: Sequence[str], upto: Sequence[str], lines: bytes
    ) -> None:
        stretch, values = self._stretch(shape, after, upto)
        self._do("DELETE FROM {table} q{stretch}", values, stretch=stretch)
        self._pour(self.table, shape, lines)

    def _stage(self, shape: Shape, lines: bytes) -> None:
        self._do(
            "CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA",
            names=self._names(shape),
        )
        self._pour(sql.Identifier("staged"), shape, lines)
        self._do("ANALYZE staged")

    def _pour(self, table: sql.Identifier, shape: Shape, lines: bytes) -> None:
        text = sql.SQL("COPY {} ({}) FROM STDIN").format(table, self._names(shape))
        with self.db.cursor() as cursor, cursor.copy(text) as stream:
            for start in range(0, len(lines), _PIECE):
                stream.write(lines[start : start + _PIECE])

    def _note(self, reached: Reached) -> None:
        place = json.dumps({"after": list(reached.after), "since": reached.since})
        self._do(
            "INSERT INTO {book} (copy, number, phase, place) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (copy) DO UPDATE SET number = excluded.number, phase = excluded.phase,"
            " place = excluded.place, at = now()",
            [self._copy, reached.number, reached.phase.value, place],
        )

    def _stretch(
        self, shape: Shape, after: Sequence[str], upto: Sequence[str]
    ) -> tuple[sql.Composable, list[str]]:
        """A condition on ``q``; no end on a side that is not said."""
        parts, values = [], []
        types = dict(shape.fields)
        marks = sql.SQL(", ").join(sql.SQL("%s::" + _TYPES[types[name]]) for name in shape.key)
        for sign, place in ((">", after), ("<=", upto)):
            if place:
                parts.append(sql.SQL("({}) " + sign + " ({})").format(self._key(shape), marks))
                values += list(place)
        if not parts:
            return sql.SQL(""), []
        return sql.SQL(" WHERE ") + sql.SQL(" AND ").join(parts), values

    def _key(self, shape: Shape) -> sql.Composable:
        types = dict(shape.fields)
        return sql.SQL(", ").join(
            sql.SQL("{}{}").format(
                sql.Identifier(name), sql.SQL(' COLLATE "C"' if types[name] == "TEXT" else "")
            )
            for name in shape.key
        )

    @staticmethod
    def _names(shape: Shape, table: str = "") -> sql.Composable:
        given = (table,) if table else ()
        return sql.SQL(", ").join(sql.Identifier(*given, name) for name, _kind in shape.fields)

    @staticmethod
    def _same(shape: Shape, other: str = "s") -> sql.Composable:
        return sql.SQL(" AND ").join(
            sql.SQL("t.{0} = {1}.{0}").format(sql.Identifier(name), sql.Identifier(other))
            for name in shape.key
        )

    def _do(self, text: str, values: Sequence[Any] = (), **names: sql.Composable) -> Any:
        composed = sql.SQL(text).format(table=self.table, book=self._book, **names)
        return self.db.execute(composed, list(values) or None)
