"""An SQLite file, and a CSV laid into SQLite in memory."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from yiwang.foundation.datasources.runner.child.cells import (
    MOST_COLUMNS,
    cell_value,
    could_be,
    csv_rows,
    header,
    quoted,
)
from yiwang.foundation.datasources.runner.child.encoding import AT_ONCE, Rows
from yiwang.foundation.datasources.runner.child.limits import Problem, open_ones

MOST_PROBLEMS: Final = 50
_AFFINITY: Final = {
    "TEXT": "TEXT",
    "INTEGER": "INTEGER",
    "DECIMAL": "REAL",
    "DATE": "TEXT",
    "YES_NO": "INTEGER",
}


class Sqlite:
    """An SQLite file, opened read-only and taken as never changing; or a CSV laid into memory."""

    kind = "SQLITE"
    spare = 0
    keep_network = False

    def open(self, told: dict[str, Any]) -> None:
        given = int(told["fd"])
        before = open_ones()
        try:
            self.db = sqlite3.connect(
                f"file:/proc/self/fd/{given}?mode=ro&immutable=1", uri=True, isolation_level=None
            )
            self.db.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.DatabaseError:
            raise Problem("not-sqlite") from None
        # The engine went by the file's name: it must have come to the very file that was given.
        file = os.fstat(given)
        for number in open_ones() - before:
            if not os.path.samestat(os.fstat(number), file):
                raise Problem("not-sqlite")
        self._check()

    def _check(self) -> None:
        try:
            self.db.execute("PRAGMA trusted_schema=OFF")
            self.db.execute("PRAGMA temp_store=MEMORY")
            self.db.execute("PRAGMA query_only=ON")
            self.found = list(self._tables())  # reads the schema: is it a database at all?
        except sqlite3.DatabaseError:
            raise Problem("not-sqlite") from None
        self.db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 8 * 1024 * 1024)
        self.db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self.db.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200)
        self.db.set_authorizer(_only_reading)

    def tables(self) -> list[dict[str, Any]]:
        return self.found

    def _tables(self) -> Iterator[dict[str, Any]]:
        named = self.db.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name LIMIT 200"
        ).fetchall()
        for (name,) in named:
            columns = self.db.execute("SELECT name, type FROM pragma_table_info(?)", [name])
            yield {
                "name": name,
                "columns": [[str(c), _sqlite_type(str(t))] for c, t in columns][:MOST_COLUMNS],
            }

    def value(self, kind: str, value: Any) -> Any:
        if kind == "DECIMAL":
            return float(value)
        return int(value) if kind == "YES_NO" else value

    def ask(self, sql: str, values: list[Any], seconds: float, *, each: bool = False) -> Rows:
        """``each``: the time is that of some rows, not of all."""
        end = time.monotonic() + seconds
        self.db.set_progress_handler(lambda: time.monotonic() > end, 20_000)
        try:
            cursor = self.db.execute(sql, values)
            while some := cursor.fetchmany(AT_ONCE):
                yield some
                if each:
                    end = time.monotonic() + seconds
        except sqlite3.OperationalError as error:
            raise Problem("too-slow" if "interrupt" in str(error) else "broken") from None
        except sqlite3.DataError:
            raise Problem("too-large") from None
        except sqlite3.DatabaseError as error:
            raise Problem("forbidden" if "prohibited" in str(error) or "authoriz" in str(error)
                          else "broken") from None  # fmt: skip
        finally:
            self.db.set_progress_handler(None, 0)


def _only_reading(action: int, first: Any, *_: Any) -> int:
    """SQLite asks before it compiles each part of a statement: reading tables, and functions."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _sqlite_type(declared: str) -> str:
    text = declared.upper()
    if "BOOL" in text:
        return "YES_NO"
    if "INT" in text:
        return "INTEGER"
    if any(word in text for word in ("REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL")):
        return "DECIMAL"
    return "DATE" if text == "DATE" else "TEXT"


class Csv(Sqlite):
    """A CSV file: read once, every row checked against the declared types, then asked as a table."""

    kind = "CSV"

    def open(self, told: dict[str, Any]) -> None:
        with os.fdopen(int(told["fd"]), "rb") as file:
            data = file.read()
        rows = csv_rows(data)
        names = header(next(rows, []))
        declared = told.get("columns") or []
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        if not declared:
            self._guess(names, rows)
            return
        if [name for name, _ in declared] != names:
            raise Problem("other-columns")
        self._demands = [tuple(one) for one in told.get("demands") or [(0, ())] * len(declared)]
        self._lay(declared, rows)
        for column in told.get("indexes") or []:
            if column in names:
                self.db.execute(f"CREATE INDEX {quoted('by ' + column)} ON data ({quoted(column)})")
        self._check()

    def _guess(self, header: list[str], rows: Iterator[list[str]]) -> None:
        """What each column could be: the narrowest type all its cells fit."""
        fits = [["INTEGER", "DECIMAL", "DATE", "YES_NO"] for _ in header]
        filled = [False] * len(header)
        count = 0
        for count, row in enumerate(rows, 1):
            if len(row) != len(header):
                raise Problem("ragged", str(count + 1))
            for place, cell in enumerate(row):
                if cell:
                    filled[place] = True
                    fits[place] = [one for one in fits[place] if could_be(cell, one)]
        types = [f[0] if f and full else "TEXT" for f, full in zip(fits, filled, strict=True)]
        self.found = [{"name": "data", "columns": [list(p) for p in zip(header, types, strict=True)],
                       "rows": count}]  # fmt: skip

    def _lay(self, declared: list[list[str]], rows: Iterator[list[str]]) -> None:
        columns = ", ".join(f"{quoted(name)} {_AFFINITY[kind]}" for name, kind in declared)
        self.db.execute(f"CREATE TABLE data ({columns})")
        insert = f"INSERT INTO data VALUES ({', '.join('?' * len(declared))})"  # noqa: S608 # nosec B608 places only
        kinds = [kind for _, kind in declared]
        self.problems: list[list[Any]] = []
        self.db.execute("BEGIN")
        self.db.executemany(insert, self._checked(kinds, rows))
        self.db.execute("COMMIT")
        if self.problems:
            raise Problem("bad-rows", json.dumps(self.problems))

    def _checked(self, kinds: list[str], rows: Iterator[list[str]]) -> Iterator[list[Any]]:
        for number, row in enumerate(rows, 2):
            if len(row) != len(kinds):
                self._note(number, -1, "ragged")
                continue
            out = []
            for place, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
                value, problem = cell_value(cell, kind)
                problem = problem or self._unmet(cell, *self._demands[place])
                if problem:
                    self._note(number, place, problem)
                out.append(value)
            if not self.problems:
                yield out

    @staticmethod
    def _unmet(cell: str, longest: int, codes: Sequence[str]) -> str:
        """Longer than the catalogue says, or no code of the table."""
        if longest and len(cell) > longest:
            return "long"
        return "code" if cell and codes and cell not in codes else ""

    def _note(self, number: int, place: int, problem: str) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            raise Problem("bad-rows", json.dumps(self.problems))
        self.problems.append([number, place, problem])
