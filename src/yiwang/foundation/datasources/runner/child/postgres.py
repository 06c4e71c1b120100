"""A department's own PostgreSQL."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Iterator, Sequence
from typing import Any, Final

from yiwang.foundation.datasources.runner.child import copying
from yiwang.foundation.datasources.runner.child.encoding import AT_ONCE, encode, typed
from yiwang.foundation.datasources.runner.child.limits import Problem


class Postgres:
    """A department's own PostgreSQL by an account that may only read, in read-only transactions."""

    kind = "POSTGRES"
    spare = 0
    keep_network = True

    def open(self, told: dict[str, Any]) -> None:
        import psycopg

        try:
            self.db = psycopg.connect(
                **told["address"], autocommit=True, connect_timeout=5, prepare_threshold=1,
                application_name="yiwang query",
                options="-c default_transaction_read_only=on -c timezone=UTC -c lock_timeout=2000"
                        " -c datestyle=ISO -c extra_float_digits=1 -c standard_conforming_strings=on"
                        " -c idle_in_transaction_session_timeout=15000",
            )  # fmt: skip
        except psycopg.Error:
            raise Problem("no-connection") from None
        if self.db.execute(_MAY_WRITE).fetchone() != (False,):
            raise Problem("may-write")
        #: Per statement and declared types what the database is asked instead; None: we write it.
        self.written: dict[tuple[str, tuple[str, ...], int], str | None] = {}

    def tables(self) -> list[dict[str, Any]]:
        rows = self.db.execute(_TABLES).fetchall()
        found: dict[str, list[list[str]]] = {}
        for schema, table, column, kind in rows:
            found.setdefault(f"{schema}.{table}", []).append([column, _PG_TYPES.get(kind, "TEXT")])
        return [{"name": n, "columns": c} for n, c in found.items() if n.count(".") == 1]

    def value(self, kind: str, value: Any) -> Any:
        return typed(kind, value)

    def answer(self, asked: dict[str, Any], values: list[Any]) -> tuple[bytes, int, bool]:
        """The rows as JSON. The database writes it where its types are the declared ones beyond doubt;
        else, and the first time, each value is looked at here."""
        kinds = tuple(asked["types"])
        known = (asked["sql"], kinds, asked["rows"])
        if (text := self.written.get(known)) is not None:
            body, count, more, good = self._asked(text, values, asked["seconds"])
            if good and not any(sign in body for sign in _DOUBTFUL):
                if len(body) > asked["bytes"]:
                    raise Problem("too-large")
                return b"[" + body + b"]", count, more
            if not good:
                del self.written[known]
        with contextlib.closing(self.ask(asked["sql"], values, asked["seconds"])) as rows:
            found = encode(rows, asked)
        if known not in self.written:
            if len(self.written) >= _MOST_WRITTEN:
                self.written.clear()
            self.written[known] = _written(*known, asked["names"], self.oids)
        return found

    def copy(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """A part of a table."""
        with self._saying(), self.db.transaction():
            self.db.execute(f"SET LOCAL statement_timeout = {int(asked['seconds'] * 1000)}")
            return copying.copy(self.db, asked)

    def _asked(self, sql: str, values: list[Any], seconds: float) -> tuple[bytes, int, bool, bool]:
        """The written list, its rows, are there more, is every value of its type."""
        with self._saying() as cursor:
            self._say(cursor, sql, values, seconds)
            result = cursor.pgresult
            if result is None or result.ntuples != 1:
                raise Problem("broken")
            text, count, more, good = (result.get_value(0, n) for n in range(4))
        return text or b"", int(count or 0), more == b"t", good == b"t"

    def ask(
        self, sql: str, values: list[Any], seconds: float
    ) -> Generator[Sequence[tuple[Any, ...]]]:
        with self._saying() as cursor:
            self._say(cursor, sql, values, seconds)
            self.oids = [one.type_code for one in cursor.description or ()]
            while some := cursor.fetchmany(AT_ONCE):
                yield some

    def _say(self, cursor: Any, sql: str, values: list[Any], seconds: float) -> None:
        """One way there and back for all of it: begin, limit, question, end."""
        with self.db.pipeline(), self.db.transaction():
            self.db.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
            cursor.execute(sql, values)

    @contextlib.contextmanager
    def _saying(self) -> Iterator[Any]:
        """A cursor; what goes wrong with it in our words."""
        import psycopg

        try:
            with self.db.cursor() as cursor:
                yield cursor
        except psycopg.errors.QueryCanceled:
            raise Problem("too-slow") from None
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction):
            raise Problem("forbidden") from None
        except psycopg.errors.FeatureNotSupported:  # a table was altered under a prepared statement
            raise SystemExit(3) from None
        except (psycopg.OperationalError, psycopg.InterfaceError):
            if self.db.closed or self.db.broken:
                raise SystemExit(3) from None  # the parent begins anew
            raise Problem("broken") from None
        except psycopg.Error:
            raise Problem("broken") from None


#: Statements kept for a source; each combination of parameters and fields is one.
_MOST_WRITTEN: Final = 500
#: In an answer that has one of these every value is looked at: they may be no numbers or days.
_DOUBTFUL: Final = (b'"NaN"', b'"Infinity"', b'"-Infinity"')
#: PostgreSQL's types (by number) whose JSON is exactly what a declared type looks like.
_EXACT: Final[dict[str, tuple[int, ...]]] = {
    "TEXT": (25, 1042, 1043),
    "INTEGER": (20, 21, 23),
    "DECIMAL": (1700,),
    "DATE": (1082,),
    "YES_NO": (16,),
}
_QUOTED: Final = """coalesce('"' || {}::text || '"', 'null')"""
_WRITTEN: Final = {
    "TEXT": "coalesce(to_json({})::text, 'null')",
    "INTEGER": "coalesce({}::text, 'null')",
    "DECIMAL": _QUOTED,
    "DATE": _QUOTED,
    "YES_NO": "coalesce({}::text, 'null')",
}


def _written(
    sql: str, kinds: tuple[str, ...], most: int, names: list[str], oids: list[int]
) -> str | None:
    """The statement by which PostgreSQL writes the list itself: text, rows, are there more, is every
    value of its type still (a table may be altered). None where its JSON would not be exact."""
    if len(oids) != len(kinds) or any(
        oid not in _EXACT[kind] for oid, kind in zip(oids, kinds, strict=True)
    ):
        return None
    parts, checks = [], []
    for name, kind, oid in zip(names, kinds, oids, strict=True):
        column = 'q."' + name.replace('"', '""') + '"'
        value = _WRITTEN[kind].format(column)
        parts.append(f"{_literal(json.dumps(name, ensure_ascii=False) + ':')} || {value}")
        checks.append(f"pg_typeof({column})::oid = {oid}")
        if kind == "DATE":
            checks.append(f"{column} BETWEEN '0001-01-01' AND '9999-12-31'")
    row = " || ',' || ".join(parts)
    front = (
        f"SELECT array_to_string(a[1:{most:d}], ','), least(cardinality(a), {most:d}),"  # noqa: S608 # nosec B608
        f" cardinality(a) > {most:d}, coalesce(good, true)"
        f" FROM (SELECT array_agg('{{' || {row} || '}}') AS a, bool_and({' AND '.join(checks)}) AS good"
    )
    # The values' places of the driver stand in the inner statement alone.
    return front.replace("%", "%%") + f" FROM ({sql}) AS q) AS z"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


#: More than reading: superuser, server files or programs, or a right to change any table we see.
_MAY_WRITE: Final = """
SELECT (SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles
        WHERE rolname = current_user)
    OR EXISTS (SELECT FROM pg_roles WHERE rolname IN ('pg_read_server_files',
        'pg_write_server_files', 'pg_execute_server_program', 'pg_write_all_data')
        AND pg_has_role(current_user, oid, 'MEMBER'))
    OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND has_table_privilege(current_user, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER'))
"""
_TABLES: Final = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!'
AND has_column_privilege(current_user, c.oid, a.attnum, 'SELECT')
ORDER BY 1, 2, a.attnum LIMIT 5000
"""
_PG_TYPES: Final = {
    "smallint": "INTEGER", "integer": "INTEGER", "bigint": "INTEGER", "numeric": "DECIMAL",
    "real": "DECIMAL", "double precision": "DECIMAL", "date": "DATE", "boolean": "YES_NO",
}  # fmt: skip
