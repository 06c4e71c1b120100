"""Look for values that must not lie in clear: in every row, in database files, in any folder.

A value counts as clear in UTF-8, UTF-16, JSON escapes, hex and Base 64, too.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

#: Read a file in pieces this long, each overlapping the one before by the longest value.
PIECE = 4 << 20
#: Database files are mostly zeros; no form has so many in a row.
_FEW = 64
_EMPTY = re.compile(rb"\0{%d,}" % (_FEW + 1))
_END = -1


def forms(value: str) -> set[bytes]:
    """Every way one value would still be readable."""
    plain = value.encode()
    found = {plain, value.encode("utf-16-le"), value.encode("utf-16-be")}
    found.add(json.dumps(value).strip('"').encode())
    found |= {plain.hex().encode(), plain.hex().upper().encode()}
    return found | set(_base64_forms(plain))


def _base64_forms(plain: bytes) -> Iterator[bytes]:
    """The part of the Base 64 text that depends on the value alone, at each of three offsets."""
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + plain)
        start = -(-offset * 8 // 6)
        end = (offset + len(plain)) * 8 // 6
        yield text[start:end]


def _one_of(forms: Iterable[bytes]) -> bytes:
    """An expression that finds the beginning of a form wherever one begins: a tree by bytes."""
    root: dict[int, Any] = {}
    for form in forms:
        node = root
        for byte in form:
            node = node.setdefault(byte, {})
        node[_END] = {}
    return _branches(root)


def _branches(node: dict[int, Any]) -> bytes:
    if not node or _END in node:
        return b""
    ways = [re.escape(bytes([byte])) + _branches(after) for byte, after in node.items()]
    return ways[0] if len(ways) == 1 else b"(?:" + b"|".join(ways) + b")"


class Search:
    """Collects where values were found: ``{value: [place, …]}``."""

    def __init__(self, values: Collection[str]) -> None:
        self._forms = [(form, value) for value in values for form in forms(value)]
        self._any = re.compile(_one_of(form for form, _ in self._forms), re.DOTALL)
        self._longest = max(len(form) for form, _ in self._forms)
        self.found: dict[str, list[str]] = {}
        self.bytes_read = 0

    def look_at(self, data: bytes, place: str) -> None:
        """Nearly always nothing: one pass over the data says so, a thousand searches would each take as long."""
        self.bytes_read += len(data)
        data = _EMPTY.sub(bytes(_FEW), data)
        if self._any.search(data) is None:
            return
        for form, value in self._forms:
            if form in data and place not in self.found.get(value, ()):
                self.found.setdefault(value, []).append(place)

    def look_in_folders(self, folders: Iterable[Path], *, since: float = 0) -> None:
        """Every file below written since a moment, whatever it is."""
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                with contextlib.suppress(FileNotFoundError):
                    if path.is_file() and path.stat().st_mtime >= since:
                        self._look_in_file(path)

    def _look_in_file(self, path: Path) -> None:
        rest = b""
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                self.look_at(rest + piece, str(path))
                rest = piece[-self._longest :]

    def look_in_tables(self, connection: psycopg.Connection[Any]) -> int:
        """Every row of every table, as text; how many tables there were."""
        tables = connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            statement = sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(schema, table))
            with connection.cursor(name="planted") as cursor:
                cursor.execute(statement)
                for (row,) in cursor:
                    self.look_at(row.encode(), f"table {table}")
        return len(tables)

    def look_in_data_files(self, connection: psycopg.Connection[Any], *, since: float) -> bool:
        """What the server wrote since a moment, flushed first: this database's own files and the
        write-ahead log. False when it does not let us see them."""
        connection.execute("CHECKPOINT")
        row = connection.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
        if row is None:
            return False
        data = Path(row[0])
        try:
            visible = (data / "base" / str(row[1])).is_dir()
        except PermissionError:
            return False
        if visible:
            self.look_in_folders([data / "base" / str(row[1]), data / "pg_wal"], since=since)
        return visible
