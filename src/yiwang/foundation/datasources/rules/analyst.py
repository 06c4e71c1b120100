"""分析语句: is it one SELECT? The first line only; the engine's own read-only ways are the second."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 20_000
_TOKEN: Final = re.compile(
    r"""(?P<text>'(?:[^']|'')*')
      | (?P<name>"(?:[^"]|"")*")
      | (?P<comment>--[^\n]*|/\*.*?\*/)
      | (?P<dollar>\$[A-Za-z_]*\$)
      | (?P<cast>::)
      | (?P<parameter>:[a-z][a-z0-9_]{0,39})
      | (?P<word>[A-Za-z_\u4e00-\u9fff][\w]*)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<space>\s+)
      | (?P<sign>[-+*/%<>=!|&~^.,()\[\]])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
#: Words that do something other than ask, in any of the engines.
FORBIDDEN: Final = frozenset(
    [
        "insert",
        "update",
        "delete",
        "merge",
        "replace",
        "truncate",
        "create",
        "alter",
        "drop",
        "grant",
        "revoke",
        "copy",
        "call",
        "do",
        "execute",
        "prepare",
        "deallocate",
        "set",
        "reset",
        "show",
        "attach",
        "detach",
        "pragma",
        "install",
        "load",
        "export",
        "import",
        "vacuum",
        "analyze",
        "into",
        "begin",
        "commit",
        "rollback",
        "savepoint",
        "release",
        "lock",
        "listen",
        "notify",
        "unlisten",
        "checkpoint",
        "use",
        "declare",
        "fetch",
        "move",
        "close",
        "cluster",
        "reindex",
        "refresh",
        "security",
        "summarize",
        "describe",
        "explain",
        "force",
    ]
)
#: Functions that reach files, other servers, sessions or sleep.
FORBIDDEN_PREFIXES: Final = (
    "pg_", "lo_", "dblink", "read_", "scan_", "load_extension", "readfile", "writefile", "glob",
    "sniff_", "set_config", "current_setting", "query_to_", "table_to_", "cursor_to_", "schema_to_",
    "database_to_", "duckdb_", "sqlite_", "getenv", "postgres_", "mysql_", "iceberg_", "delta_",
    "parquet_", "query", "txid_", "nextval", "setval", "information_schema", "xmlparse", "fts3_",
)  # fmt: skip


def problem_of(sql: str) -> str:
    """What keeps it from being published, in Chinese; "" when it is one plain SELECT."""
    if len(sql) > LONGEST:
        return f"语句太长，最多 {LONGEST} 个字符。"
    words = []
    for kind, text in _tokens(sql):
        if kind in ("comment", "dollar", "other"):
            return f"语句里有不允许的写法：{text[:20]}"
        if kind == "word":
            words.append(text.lower())
        elif kind == "name":
            words.append(text.strip('"').lower())
    if not words or words[0] not in ("select", "with"):
        return "只能写一条 SELECT 语句。"
    for word in words:
        if word in FORBIDDEN or word.startswith(FORBIDDEN_PREFIXES):
            return f"语句里不能用 {word[:40]}。"
    return ""


def names_in(sql: str) -> tuple[str, ...]:
    """The parameters it names, in the order they come, each as often as it comes."""
    return tuple(text[1:] for kind, text in _tokens(sql) if kind == "parameter")


def with_places(sql: str, place: str) -> str:
    """The statement with the driver's mark where a parameter stands; texts and names stay as they are.

    ``place``: ``?``, or ``%s`` (then a percent sign of its own is doubled).
    """
    doubled = place == "%s"
    out = []
    for kind, text in _tokens(sql):
        if kind == "parameter":
            out.append(place)
        else:
            out.append(text.replace("%", "%%") if doubled else text)
    return "".join(out)


def _tokens(sql: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(sql):
        yield str(match.lastgroup), match.group()
