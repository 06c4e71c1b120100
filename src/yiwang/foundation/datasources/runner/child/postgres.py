"""A department's own PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from yiwang.foundation.datasources.runner.child import copying
from yiwang.foundation.datasources.runner.child.encoding import (
    AT_ONCE,
    as_written,
    checked,
    encode,
    in_lines,
    of_texts,
    typed,
)
from yiwang.foundation.datasources.runner.child.limits import Problem


class Postgres:
    """A department's own PostgreSQL by an account that may only read, in read-only transactions."""

    kind = "POSTGRES"
    spare = 0
    keep_network = True

    def open(self, told: dict[str, Any]) -> None:
        import psycopg
        from psycopg.types.string import TextLoader

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
        #: What it reads of days and exact numbers is the text PostgreSQL wrote.
        self.of_texts = self.db.cursor()
        self.as_texts = [(number, TextLoader) for number in (*_EXACT["DECIMAL"], *_EXACT["DATE"])]
        for number, loader in self.as_texts:
            self.of_texts.adapters.register_loader(number, loader)

    def tables(self) -> list[dict[str, Any]]:
        rows = self.db.execute(_TABLES).fetchall()
        found: dict[str, list[list[str]]] = {}
        for schema, table, column, kind in rows:
            found.setdefault(f"{schema}.{table}", []).append([column, _PG_TYPES.get(kind, "TEXT")])
        return [{"name": n, "columns": c} for n, c in found.items() if n.count(".") == 1]

    def value(self, kind: str, value: Any) -> Any:
        return typed(kind, value)

    def answer(self, asked: dict[str, Any], values: list[Any]) -> tuple[bytes, int, bool]:
        """The rows as JSON. Columns whose type's text is what the declared type looks like are handed on
        as they came; with any other in it each value of the answer is looked at."""
        with self._saying():
            self._say(self.of_texts, asked["sql"], values, asked["seconds"])
            if _are_exact(self.of_texts.description, asked["types"]):
                return as_written(self.of_texts.fetchall(), asked)
            return encode(self._values(self.of_texts.pgresult), asked)

    def lines(self, asked: dict[str, Any], values: list[Any]) -> Iterator[tuple[bytes, int, bool]]:
        """The rows some at a time from a cursor of the server's: neither side holds all of them."""
        with self._saying(), self.db.transaction():
            self.db.execute(f"SET LOCAL statement_timeout = {int(asked['seconds'] * 1000)}")
            with self.db.cursor("look") as looked:
                looked.execute(asked["sql"], values)
                are_exact = _are_exact(looked.description, asked["types"])
            with self.db.cursor("large") as cursor:
                for number, loader in self.as_texts if are_exact else ():
                    cursor.adapters.register_loader(number, loader)
                cursor.execute(asked["sql"], values)
                rows = iter(lambda: cursor.fetchmany(AT_ONCE), [])
                yield from in_lines(rows, asked, of_texts if are_exact else checked)

    def copy(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """A part of a table."""
        with self._saying(), self.db.transaction():
            self.db.execute(f"SET LOCAL statement_timeout = {int(asked['seconds'] * 1000)}")
            return copying.copy(self.db, asked)

    def _values(self, result: Any) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The same answer as Python's values, some rows at a time."""
        from psycopg.adapt import Transformer

        reading = Transformer(self.db)
        reading.set_pgresult(result)
        for first in range(0, result.ntuples, AT_ONCE):
            yield reading.load_rows(first, min(first + AT_ONCE, result.ntuples), tuple)

    def _say(self, cursor: Any, sql: str, values: list[Any], seconds: float) -> None:
        """One way there and back for limit and question, which the server takes as one (read-only)
        transaction."""
        with self.db.pipeline():
            self.db.execute(f"SET statement_timeout = {int(seconds * 1000)}")
            cursor.execute(sql, values)

    @contextlib.contextmanager
    def _saying(self) -> Iterator[None]:
        """What goes wrong with the database in our words."""
        import psycopg

        try:
            yield
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


#: PostgreSQL's types (by number) whose text is exactly what a declared type looks like.
_EXACT: Final[dict[str, tuple[int, ...]]] = {
    "TEXT": (25, 1042, 1043),
    "INTEGER": (20, 21, 23),
    "DECIMAL": (1700,),
    "DATE": (1082,),
    "YES_NO": (16,),
}


def _are_exact(columns: Sequence[Any] | None, kinds: Sequence[str]) -> bool:
    """As the answer itself says: a table may be altered between two questions."""
    return len(columns or ()) == len(kinds) and all(
        one.type_code in _EXACT[kind] for one, kind in zip(columns or (), kinds, strict=True)
    )


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
