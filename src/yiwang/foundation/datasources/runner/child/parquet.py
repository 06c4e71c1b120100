"""A Parquet file behind DuckDB."""

from __future__ import annotations

from typing import Any, Final

from yiwang.foundation.datasources.runner.child.cells import MOST_COLUMNS
from yiwang.foundation.datasources.runner.child.encoding import AT_ONCE, Rows, typed
from yiwang.foundation.datasources.runner.child.limits import Problem

ANALYST_MEMORY: Final = "512MB"


class Parquet:
    """A Parquet file behind DuckDB, which may open this one file and nothing else."""

    kind = "PARQUET"
    spare = 8  # the engine opens the file anew for every question
    keep_network = False

    def open(self, told: dict[str, Any]) -> None:
        import duckdb

        self.error = duckdb.Error
        path = f"/proc/self/fd/{int(told['fd'])}"
        self.db = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": ANALYST_MEMORY,
                                                     "temp_directory": ""})  # fmt: skip
        for setting in (
            f"allowed_paths=['{path}']",
            "autoinstall_known_extensions=false",
            "autoload_known_extensions=false",
            "enable_external_access=false",
            "lock_configuration=true",
        ):
            self.db.execute(f"SET {setting}")
        try:
            self.db.execute(f"CREATE VIEW data AS SELECT * FROM read_parquet('{path}')")  # noqa: S608 # nosec B608 a number
            described = self.db.execute("DESCRIBE data").fetchall()
        except duckdb.Error:
            raise Problem("not-parquet") from None
        self.found = [{"name": "data",
                       "columns": [[r[0], _duck_type(r[1])] for r in described][:MOST_COLUMNS]}]  # fmt: skip

    def tables(self) -> list[dict[str, Any]]:
        return self.found

    def value(self, kind: str, value: Any) -> Any:
        return typed(kind, value)

    def ask(self, sql: str, values: list[Any], seconds: float, *, each: bool = False) -> Rows:
        import duckdb

        del each  # the parent's clock and the kernel's end it
        try:
            (statement,) = duckdb.extract_statements(sql)
            if statement.type != duckdb.StatementType.SELECT:
                raise Problem("forbidden")
            answer = self.db.execute(sql, values)
            while some := answer.fetchmany(AT_ONCE):
                yield some
        except ValueError:
            raise Problem("forbidden") from None
        except duckdb.PermissionException:
            raise Problem("forbidden") from None
        except duckdb.OutOfMemoryException:
            raise Problem("too-large") from None
        except duckdb.Error:
            raise Problem("broken") from None


def _duck_type(declared: str) -> str:
    if declared == "BOOLEAN":
        return "YES_NO"
    if declared.endswith(("INT", "INTEGER")):
        return "INTEGER"
    if declared.startswith("DECIMAL") or declared in ("DOUBLE", "FLOAT"):
        return "DECIMAL"
    return "DATE" if declared == "DATE" else "TEXT"
