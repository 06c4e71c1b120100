"""Opening a catalogue file: CSV or XLSX, with limits."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from yiwang.capability.catalogue.rules.importing import missing_columns
from yiwang.kernel.refusals import InvalidInput

_MOST_BYTES: Final = 20 * 1024 * 1024
_MOST_UNFOLDED: Final = 512 * 1024 * 1024
_MOST_ROWS: Final = 100_000


def read_file(file: Path) -> tuple[bytes, list[dict[str, str]]]:
    """The bytes and the rows by column name; ``InvalidInput`` says what is wrong with the file."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"读不了这个文件：{file.name}", "请检查文件是否存在。") from error
    if len(data) > _MOST_BYTES:
        raise InvalidInput("文件超过 20 MB。", "请拆成几个文件。")
    table = _xlsx(data) if file.suffix.lower() == ".xlsx" else _csv(data)
    header = [cell.strip() for cell in table[0]] if table else []
    missing = missing_columns(header)
    if missing:
        raise InvalidInput(f"文件缺少这些列：{'、'.join(missing)}。", "请对照样例文件的表头。")
    if len(table) - 1 > _MOST_ROWS:
        raise InvalidInput(f"文件超过 {_MOST_ROWS} 行。", "请拆成几个文件。")
    rows = [dict(zip(header, line, strict=False)) for line in table[1:] if any(line)]
    return data, rows


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
        return [[_cell(value) for value in row] for row in sheet.to_python(nrows=_MOST_ROWS + 2)]
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
