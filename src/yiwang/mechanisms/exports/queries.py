"""Reading rows that came as a file: CSV or XLSX, with limits."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.exports.rules import as_written

_MOST_BYTES: Final = 20 * 1024 * 1024
_MOST_UNFOLDED: Final = 512 * 1024 * 1024
_MOST_ROWS: Final = 100_000
#: A sheet we wrote has its trace line above the heading.
_HEADING_WITHIN: Final = 3

Row = dict[str, str]


def read_sheet(
    data: bytes, *, xlsx: bool, missing: Callable[[Sequence[str]], Sequence[str]]
) -> list[Row]:
    """The rows by column name; ``InvalidInput`` says what is wrong with the file.

    ``missing``: which columns a heading lacks. The heading is the first line, or stands below a trace line.
    """
    return [row for _line, row in read_lines(data, xlsx=xlsx, missing=missing)]


def read_lines(
    data: bytes, *, xlsx: bool, missing: Callable[[Sequence[str]], Sequence[str]]
) -> list[tuple[int, Row]]:
    """The same with the number each row has in the file."""
    if len(data) > _MOST_BYTES:
        raise InvalidInput("文件超过 20 MB。", "请拆成几个文件。")
    table = _xlsx(data) if xlsx else _csv(data)
    heads = [[cell.strip() for cell in line] for line in table[:_HEADING_WITHIN]] or [[]]
    at = next((n for n, head in enumerate(heads) if not missing(head)), 0)
    lacking = missing(heads[at])
    if lacking:
        raise InvalidInput(f"文件缺少这些列：{'、'.join(lacking)}。", "请对照样例文件的表头。")
    body = table[at + 1 :]
    if len(body) > _MOST_ROWS:
        raise InvalidInput(f"文件超过 {_MOST_ROWS} 行。", "请拆成几个文件。")
    return [
        (at + 2 + number, dict(zip(heads[at], map(as_written, line), strict=False)))
        for number, line in enumerate(body)
        if any(line)
    ]


def _csv(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("文件不是 UTF-8 编码。", "请另存为“CSV UTF-8”。") from None
    if "\x00" in text:
        raise InvalidInput("这不是一个文本文件。", "请选择 CSV 或 XLSX 文件。")
    try:
        return list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        raise InvalidInput("CSV 的引号没有配对。", "请用表格软件重新保存。") from None


def _xlsx(data: bytes) -> list[list[str]]:
    try:
        _refuse_bomb(data)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        most = _MOST_ROWS + _HEADING_WITHIN + 1
        return [[_cell(value) for value in row] for row in sheet.to_python(nrows=most)]
    except (CalamineError, zipfile.BadZipFile, ValueError, IndexError) as error:
        raise InvalidInput("这个 XLSX 文件打不开。", "请用表格软件重新保存。") from error


def _refuse_bomb(data: bytes) -> None:
    """What the file says it unfolds to must fit: the reader holds all of it in memory."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        told = sum(entry.file_size for entry in archive.infolist())
    if told > _MOST_UNFOLDED:
        raise InvalidInput("这个 XLSX 文件展开后太大。", "请拆成几个文件。")


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
