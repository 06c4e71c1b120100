"""The first sheet of an Excel file as CSV: what a drop is checked by is one form only."""

from __future__ import annotations

import csv
import io
import os
from datetime import date, datetime
from typing import Any

from yiwang.foundation.datasources.runner.child.cells import MOST_COLUMNS
from yiwang.foundation.datasources.runner.child.limits import Problem

MOST_ROWS = 200_000


class Sheet:
    """Opened once, answered with its rows, never asked."""

    kind = "XLSX"
    spare = 0
    keep_network = False

    def open(self, told: dict[str, Any]) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        with os.fdopen(int(told["fd"]), "rb") as file:
            data = file.read()
        try:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
            rows = sheet.to_python(nrows=MOST_ROWS + 2)
        except (CalamineError, ValueError, IndexError):
            raise Problem("not-sheet") from None
        if len(rows) > MOST_ROWS + 1:
            raise Problem("too-many-rows")
        if rows and len(rows[0]) > MOST_COLUMNS:
            raise Problem("no-header")
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([_text(cell) for cell in row] for row in rows if any(map(_text, row)))
        self.body = out.getvalue().encode()

    def tables(self) -> list[dict[str, Any]]:
        return []


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
