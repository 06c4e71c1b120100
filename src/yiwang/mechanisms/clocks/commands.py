"""``yiwang calendar import FILE`` and ``yiwang calendar show``: the working days an operator looks after.

FILE is CSV (``on,working,name``; ``#`` lines are remarks, one of them ``# 来源：…``) or JSON
(``{"year": 2027, "source": "…", "days": [{"on": "2027-01-01", "working": false, "name": "元旦"}]}``).
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.clocks import actions, queries
from yiwang.mechanisms.clocks.definitions import CalendarDay

_USAGE = "用法：yiwang calendar import 文件 | yiwang calendar show"


def main(arguments: list[str]) -> int:
    """0 when done; refusals are printed by the caller."""
    if arguments == ["show"]:
        calendar = queries.get_calendar()
        print(
            f"放假安排：{calendar.first_year} 年至 {calendar.last_year} 年，共 {len(calendar.days)} 天"
        )
        print(f"{calendar.settled_until} 以后的日期按暂定计算")
        return 0
    if len(arguments) != 2 or arguments[0] != "import":
        print(_USAGE, file=sys.stderr)
        return 2
    year, source, days = read_file(Path(arguments[1]))
    moved = actions.import_calendar(
        year=year, source=source, days=days, at=moments.now(), actor=machine("calendar")
    )
    print(f"已导入 {year} 年放假安排 {len(days)} 天，重新计算了 {moved} 个暂定时限")
    return 0


def read_file(path: Path) -> tuple[int, str, Sequence[CalendarDay]]:
    """Year, source and days of a notice file; ``InvalidInput`` says which line is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(
            f"读不了文件 {path.name}。", "请检查文件名，文件要用 UTF-8 编码。"
        ) from None
    try:
        if path.suffix.lower() == ".json":
            given = json.loads(text)
            return int(given["year"]), str(given["source"]), [_day(d) for d in given["days"]]
        return _read_csv(text)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"文件 {path.name} 的格式不对：{error}。") from None


def _read_csv(text: str) -> tuple[int, str, Sequence[CalendarDay]]:
    remarks = [line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#")]
    source = next((r.removeprefix("来源：") for r in remarks if r.startswith("来源：")), "")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    days = [_day(row) for row in csv.DictReader(lines)]
    if not days:
        raise ValueError("没有日期")
    return max(day.on for day in days).year, source, days


def _day(row: Any) -> CalendarDay:
    working = row["working"]
    if working not in (True, False, 0, 1, "0", "1"):
        raise ValueError(f"{row['on']} 的 working 要写 0 或 1")
    return CalendarDay(date.fromisoformat(row["on"]), working in (True, 1, "1"), str(row["name"]))
