"""A part of a table by PostgreSQL's COPY: rows as lines of text, in order, with their sum."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from yiwang.foundation.datasources.runner.child.limits import Problem
from yiwang.foundation.privacy import rules as privacy

_COLUMNS: Final = """
SELECT attname, format_type(atttypid, NULL), attnotnull FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
#: What a declared type may be in the database, so that its text is the same on both sides.
_FITS: Final[dict[str, tuple[str, ...]]] = {
    "INTEGER": ("smallint", "integer", "bigint"),
    "DECIMAL": ("numeric", "smallint", "integer", "bigint"),
    "DATE": ("date",),
    "YES_NO": ("boolean",),
}
_TEXTS: Final = ("text", "character varying", "character", "name")
_MARKS: Final = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
)


def statement(asked: dict[str, Any], found: dict[str, tuple[str, bool]]) -> tuple[str, list[str]]:
    """The COPY and the values in it. Text is ordered by its bytes, whatever the database's language."""
    for column, kind in zip(asked["columns"], asked["types"], strict=True):
        if column not in found or found[column][0] not in _FITS.get(kind, (found[column][0],)):
            raise Problem("other-type", column)
    place = ", ".join(_ordered(column, found) for column in asked["place"])
    marks = ", ".join(f"%s::{found[column][0]}" for column in asked["place"])
    conditions, values = [], []
    for sign, name in ((">", "after"), ("<=", "upto")):
        if name == "after" and len(asked[name]) < len(asked["place"]) and asked[name]:
            conditions.append(f"{_quoted(asked['stamp'])} >= %s::{found[asked['stamp']][0]}")
            values += asked[name]
        elif asked[name]:
            conditions.append(f"({place}) {sign} ({marks})")
            values += asked[name]
    if asked["settle"] is not None and found[asked["stamp"]][0].startswith("timestamp"):
        conditions.append(f"{_quoted(asked['stamp'])} <= now() - interval '{asked['settle']:d} s'")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    names = ", ".join(map(_quoted, asked["columns"]))
    return (
        f"COPY (SELECT {names} FROM {_table(asked['copy'])}{where}"  # noqa: S608 # nosec B608
        f" ORDER BY {place} LIMIT {asked['rows']:d}) TO STDOUT",
        values,
    )


def copy(db: Any, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What this part is, and its rows. The caller has begun a transaction."""
    rows = db.execute(_COLUMNS, [_table(asked["copy"]).replace("%%", "%")]).fetchall()
    found = {name: (kind, not_null) for name, kind, not_null in rows}
    _refuse_empty_keys(db, asked, found)
    text, values = statement(asked, found)
    newest = _newest(db, asked, found)
    lines: list[bytes] = []
    size, cut = 0, False
    with db.cursor() as cursor, cursor.copy(text, values) as stream:
        for line in stream:
            cut = cut or size + len(line) > asked["bytes"]
            if not cut:
                size += len(line)
                lines.append(bytes(line))
    if cut and not lines:
        raise Problem("too-large")
    after = (
        [_cell(lines[-1], asked["columns"].index(column)) for column in asked["place"]]
        if lines
        else []
    )
    if any(asked["hidden"]):
        lines = [_masked(line, asked["types"], asked["hidden"]) for line in lines]
    body = b"".join(lines)
    head = {
        "rows": len(lines),
        "after": after,
        "newest": newest,
        "end": not cut and len(lines) < asked["rows"],
        "sum": hashlib.new("sm3", body).hexdigest(),
    }
    return head, b"" if asked["bodiless"] else body


def _refuse_empty_keys(db: Any, asked: dict[str, Any], found: dict[str, tuple[str, bool]]) -> None:
    """Rows without a key would never be found again; looked at once a walk where nothing forbids them."""
    loose = [column for column in asked["place"] if column in found and not found[column][1]]
    if loose and not asked["after"]:
        empty = " OR ".join(f"{_quoted(column)} IS NULL" for column in loose)
        (there,) = db.execute(
            f"SELECT EXISTS (SELECT FROM {_table(asked['copy'])} WHERE {empty})",  # noqa: S608 # nosec B608
            [],
        ).fetchone()
        if there:
            raise Problem("empty-key")


def _newest(db: Any, asked: dict[str, Any], found: dict[str, tuple[str, bool]]) -> str:
    """From which stamp on changes are followed after a whole copy that begins now."""
    if not asked["stamp"] or asked["after"]:
        return ""
    stamp, kind = _quoted(asked["stamp"]), found[asked["stamp"]][0]
    newest = f"max({stamp})"
    if kind.startswith("timestamp"):
        newest = f"least(max({stamp}), (now() - interval '{asked['rest']:d} s')::{kind})"
    (found_,) = db.execute(
        f"SELECT ({newest})::text FROM {_table(asked['copy'])}",  # noqa: S608 # nosec B608
        [],
    ).fetchone()
    return found_ or ""


def _ordered(column: str, found: dict[str, tuple[str, bool]]) -> str:
    return _quoted(column) + (' COLLATE "C"' if found[column][0] in _TEXTS else "")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


def _table(name: str) -> str:
    return ".".join(map(_quoted, name.split(".")))


def _cell(line: bytes, number: int) -> str:
    return unescaped(line.rstrip(b"\n").split(b"\t")[number])


def unescaped(cell: bytes) -> str:
    """A value as it is, from COPY's text."""
    if b"\\" not in cell:
        return cell.decode()
    parts = cell.split(b"\\\\")
    out = []
    for part in parts:
        first, *rest = part.split(b"\\")
        out.append(first + b"".join(_MARKS.get(one[:1], one[:1]) + one[1:] for one in rest))
    return b"\\".join(out).decode()


def _masked(line: bytes, types: Sequence[str], hidden: Sequence[str]) -> bytes:
    cells = line[:-1].split(b"\t")
    for number, (kind, rule) in enumerate(zip(types, hidden, strict=True)):
        if rule and cells[number] != b"\\N":
            value = unescaped(cells[number]) if kind == "TEXT" else 0
            cells[number] = str(privacy.mask(value, rule)).translate(_ESCAPES).encode()
    return b"\t".join(cells) + b"\n"
