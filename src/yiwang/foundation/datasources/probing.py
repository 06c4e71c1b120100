"""Trying a source before it is declared: the same limited child, asked once and ended."""

from __future__ import annotations

import json
import os
import struct
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

from yiwang.foundation.datasources.definitions import (
    CHANNEL,
    AccountMayWrite,
    CannotReadSource,
    FieldType,
    SourceAwayNow,
    SourceKind,
    Table,
)
from yiwang.foundation.datasources.opening import COMMAND, ENVIRONMENT, Places, told_of
from yiwang.foundation.datasources.queries import tables_of
from yiwang.kernel.refusals import FieldProblem
from yiwang.mechanisms.crypto.keystore import get_store

SECONDS: Final = 30.0
#: Columns with such words hold codes, whatever they look like.
_CODES: Final = ("号", "码", "编", "证", "电话", "邮编", "id", "code", "no")
_CELLS: Final = {
    "ragged": "列数和表头不一样",
    "formula": "像公式（以等号、加减号或 @ 开头），别人用表格软件打开时会被执行",
    "control": "有看不见的控制字符",
    "integer": "不是整数",
    "decimal": "不是数字",
    "long": "比目录里登记的长",
    "code": "不是代码表里的代码",
    "date": "不是日期（应如 2026-03-01）",
    "yes_no": "不是“是”或“否”",
}
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "nul": ("文件里有空字节，不是文本。", "请另存为“CSV UTF-8”。"),
    "not-text": ("文件的编码认不出来。", "请另存为“CSV UTF-8”。"),
    "too-many-rows": ("行数超过一百万。", "请放进数据库再发布。"),
    "long-cell": ("有一格超过一万个字。", "请检查引号是否配对。"),
    "quotes": ("引号没有配对。", "请用表格软件重新保存。"),
    "no-header": ("第一行应是列名。", "请补上表头。"),
    "bad-header": ("列名不能空着，不超过 60 个字，不含控制字符。", "请改好表头。"),
    "same-header": ("有两列同名。", "请改好表头。"),
    "other-columns": ("列名和登记的不一样。", "请用同样的表头，或者另登记一个数据源。"),
    "ragged": ("有的行列数和表头不一样。", "请用表格软件重新保存。"),
    "not-sheet": ("这个表格打不开。", "请用表格软件重新保存。"),
    "not-sqlite": ("这不是一个 SQLite 数据库。", "请检查文件。"),
    "not-parquet": ("这不是一个 Parquet 文件。", "请检查文件。"),
    "no-connection": ("数据库连不上，或者账号密码不对。", "请检查地址、账号和密码。"),
    "too-slow": ("打开这个数据源用的时间太长。", "请拆分，或者放进数据库再发布。"),
    "too-large": ("打开这个数据源用的内存太多。", "请拆分，或者放进数据库再发布。"),
}


def places() -> Places:
    """As the operator set them."""
    return Places(
        Path(settings.YIWANG_HOME), settings.SOURCE_FOLDER, frozenset(settings.SOURCE_HOSTS)
    )


def look(
    *,
    kind: SourceKind,
    address: str,
    file_key: str,
    columns: Sequence[Sequence[str]] = (),
    demands: Sequence[tuple[int, Sequence[str]]] = (),
) -> tuple[Table, ...]:
    """The tables of a source. With ``columns`` a CSV is read against them, row by row, with
    ``demands`` by length (0: any) and codes (none: any), too.

    CannotReadSource (its fields name rows), SourceNotAllowed, AccountMayWrite, SourceAwayNow.
    """
    told, descriptors = told_of(
        kind=kind, address=address, file_key=file_key, places=places(), get=get_store().get
    )
    try:
        head = _ask(
            {
                **told,
                "columns": list(columns),
                "demands": [list(one) for one in demands],
                "seconds": SECONDS,
                "tables": True,
            },
            descriptors,
        )
    finally:
        for number in descriptors:
            os.close(number)
    if head["problem"]:
        raise _refusal(str(head["problem"]), str(head.get("about", "")), columns)
    found = tables_of(head["tables"])
    return found if columns or kind is not SourceKind.CSV else tuple(_codes(t) for t in found)


def sheet_as_csv(file_key: str) -> bytes:
    """The first sheet of a kept XLSX as CSV. CannotReadSource."""
    told, descriptors = told_of(
        kind=SourceKind.CSV, address="", file_key=file_key, places=places(), get=get_store().get
    )
    try:
        head = _ask({**told, "kind": "XLSX", "seconds": SECONDS}, descriptors)
    finally:
        for number in descriptors:
            os.close(number)
    if head["problem"]:
        raise _refusal(str(head["problem"]), str(head.get("about", "")), ())
    body: bytes = head["content"]
    return body


def tell() -> None:
    """Wake the query process and the exchange when this is committed."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def _ask(told: Mapping[str, Any], descriptors: Sequence[int]) -> dict[str, Any]:
    data = json.dumps(told).encode()
    try:
        done = subprocess.run(  # noqa: S603 our own script, no shell
            COMMAND,
            input=struct.pack(">I", len(data)) + data,
            capture_output=True,
            pass_fds=descriptors,
            env=ENVIRONMENT,
            timeout=SECONDS + 5,
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        return {"problem": "too-slow"}
    if len(done.stdout) < 4:
        return {"problem": "too-slow" if done.returncode == -14 else "too-large"}
    (length,) = struct.unpack(">I", done.stdout[:4])
    head: dict[str, Any] = json.loads(done.stdout[4 : 4 + length])
    return {**head, "content": done.stdout[4 + length :]}


def _refusal(code: str, about: str, columns: Sequence[Sequence[str]]) -> Exception:
    if code == "may-write":
        return AccountMayWrite()
    if code == "bad-rows":
        fields = [
            FieldProblem(
                f"第 {row} 行",
                f"{columns[place][0]}：{_CELLS[what]}" if place >= 0 else _CELLS[what],
            )
            for row, place, what in json.loads(about)
        ]
        return CannotReadSource("有些行不符合声明的类型。", "请改好这些行再上传。", fields=fields)
    if code in _WORDS:
        sentence, remedy = _WORDS[code]
        return CannotReadSource(
            f"{sentence}{f'（第 {about} 行）' if about.isdigit() else ''}", remedy
        )
    return SourceAwayNow()


def _codes(table: Table) -> Table:
    """A column of codes is text: leading zeros are part of it."""
    return Table(
        table.name,
        tuple(
            type(one)(one.name, FieldType.TEXT)
            if one.type is FieldType.INTEGER and any(w in one.name.lower() for w in _CODES)
            else one
            for one in table.columns
        ),
    )
