"""Write rows as an XLSX file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

import xlsxwriter

from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.exports.rules import neutralise

MOST_ROWS: Final = 100_000


class TooManyRows(Refusal):
    status = 413
    sentence = "要导出的行数太多。"
    remedy = "请缩小范围后再导出。"


def write_sheet(
    *, title: str, columns: Sequence[str], rows: Iterable[Sequence[str | int]], trace: str
) -> bytes:
    """XLSX bytes: trace line, heading, rows. Text is stored as text, whole numbers as numbers.

    ``trace``: who exported what and when, by reference. Refuses TooManyRows above 100,000.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(neutralise(title)[:31] or "1")
        bold = book.add_format({"bold": True})
        sheet.write_string(0, 0, neutralise(trace))
        for column, label in enumerate(columns):
            sheet.write_string(1, column, neutralise(label), bold)
        for number, row in enumerate(rows):
            if number >= MOST_ROWS:
                raise TooManyRows
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(number + 2, column, value)
                else:
                    sheet.write_string(number + 2, column, neutralise(value))
    return out.getvalue()


def write_csv(*, columns: Sequence[str], rows: Iterable[Sequence[str | int]], trace: str) -> bytes:
    """CSV bytes (UTF-8 with its mark, so that spreadsheet programs read Chinese): trace, heading, rows.

    Cells are made harmless as in ``write_sheet``. Refuses TooManyRows above 100,000.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutralise(trace)])
    writer.writerow([neutralise(label) for label in columns])
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise TooManyRows
        writer.writerow([one if isinstance(one, int) else neutralise(one) for one in row])
    return out.getvalue().encode("utf-8-sig")
