"""Opening a catalogue file."""

from __future__ import annotations

from pathlib import Path

from yiwang.capability.catalogue.rules.importing import missing_columns
from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.exports import queries as sheets


def read_file(file: Path) -> tuple[bytes, list[dict[str, str]]]:
    """The bytes and the rows by column name; ``InvalidInput`` says what is wrong with the file."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"读不了这个文件：{file.name}", "请检查文件是否存在。") from error
    xlsx = file.suffix.lower() == ".xlsx"
    return data, sheets.read_sheet(data, xlsx=xlsx, missing=missing_columns)
