"""A department's own PostgreSQL."""

from __future__ import annotations

from typing import Any, Final

from yiwang.foundation.datasources.runner.child.encoding import AT_ONCE, Rows, typed
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
                        " -c idle_in_transaction_session_timeout=15000",
            )  # fmt: skip
        except psycopg.Error:
            raise Problem("no-connection") from None
        if self.db.execute(_MAY_WRITE).fetchone() != (False,):
            raise Problem("may-write")

    def tables(self) -> list[dict[str, Any]]:
        rows = self.db.execute(_TABLES).fetchall()
        found: dict[str, list[list[str]]] = {}
        for schema, table, column, kind in rows:
            found.setdefault(f"{schema}.{table}", []).append([column, _PG_TYPES.get(kind, "TEXT")])
        return [{"name": n, "columns": c} for n, c in found.items() if n.count(".") == 1]

    def value(self, kind: str, value: Any) -> Any:
        return typed(kind, value)

    def ask(self, sql: str, values: list[Any], seconds: float) -> Rows:
        import psycopg

        try:
            with self.db.cursor() as cursor:
                # One way there and back for all of it: begin, limit, question, end.
                with self.db.pipeline(), self.db.transaction():
                    self.db.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
                    cursor.execute(sql, values)
                while some := cursor.fetchmany(AT_ONCE):
                    yield some
        except psycopg.errors.QueryCanceled:
            raise Problem("too-slow") from None
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction):
            raise Problem("forbidden") from None
        except (psycopg.OperationalError, psycopg.InterfaceError):
            if self.db.closed or self.db.broken:
                raise SystemExit(3) from None  # the parent begins anew
            raise Problem("broken") from None
        except psycopg.Error:
            raise Problem("broken") from None


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
