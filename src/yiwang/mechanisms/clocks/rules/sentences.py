"""“为什么是这一天”: the sentences behind a due date, in the words pages show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from yiwang.mechanisms.clocks.definitions import UNIT_LABELS, Allowance, Calendar, Pause, Unit

_WEEKDAYS = "一二三四五六日"


def say(on: date, *, beside: date | None = None) -> str:
    """``12月18日（周五）``; with its year when that differs from ``beside``."""
    year = f"{on.year}年" if beside is None or on.year != beside.year else ""
    return f"{year}{on.month}月{on.day}日（周{_WEEKDAYS[on.weekday()]}）"


def why(
    *,
    start: date,
    allowance: Allowance,
    calendar: Calendar,
    gaps: Sequence[Pause],
    on: date,
    provisional: bool,
) -> tuple[str, ...]:
    """From the first day to the last, one reason a sentence."""
    if allowance.amount == 0:
        return (f"{say(start, beside=start)}当场办结。",)
    steps = [f"{say(start, beside=start)}开始，当天不算，从第二天起数。", f"时限是 {allowance}。"]
    steps += [
        f"{_span(g.begins_on + timedelta(days=1), g.ends_on, start)}暂停{_because(g)}，不算。"
        for g in gaps
        if g.begins_on < on and g.ends_on > start
    ]
    if allowance.unit is Unit.WORKING_DAY:
        steps += _days_off(start, on, calendar)
        steps.append(
            f"第 {allowance.amount} 个工作日是 {say(on, beside=start)}，当天结束前都算按时。"
        )
    else:
        steps += _moved(start, on, allowance, calendar, gaps)
        steps.append(
            f"满 {allowance.amount} {UNIT_LABELS[allowance.unit]}是 {say(on, beside=start)}。"
        )
    if provisional:
        steps.append(
            f"{calendar.last_year + 1} 年的放假安排还没有录入，这一天是暂定的；录入后会重新计算，变了会告诉您。"
        )
    return tuple(steps)


def _because(gap: Pause) -> str:
    return f"（{gap.reason}）" if gap.reason else ""


def _span(first: date, last: date, beside: date) -> str:
    year = "" if first.year == beside.year else f"{first.year}年"
    if first == last:
        return f"{year}{first.month}月{first.day}日"
    month = "" if first.month == last.month else f"{last.month}月"
    return f"{year}{first.month}月{first.day}日至{month}{last.day}日"


def _runs(start: date, on: date, calendar: Calendar) -> Iterator[tuple[date, date, str]]:
    """Runs of days off between start and due: weekends, or holidays with their names."""
    days = (start + timedelta(days=n) for n in range(1, (on - start).days + 1))
    run: list[date] = []
    names: dict[str, None] = {}
    for day in days:
        changed = calendar.days.get(day)
        off = not calendar.is_working(day)
        if run and (not off or bool(names) != (changed is not None)):
            yield run[0], run[-1], "、".join(names)
            run, names = [], {}
        if off:
            run.append(day)
            if changed:
                names[changed.name] = None
    if run:
        yield run[0], run[-1], "、".join(names)


def _days_off(start: date, on: date, calendar: Calendar) -> list[str]:
    runs = list(_runs(start, on, calendar))
    steps = []
    weekends = [_span(first, last, start) for first, last, name in runs if not name]
    if weekends:
        steps.append("、".join(weekends) + "是周末，不算。")
    steps += [
        f"{_span(first, last, start)}{name}放假，不算。" for first, last, name in runs if name
    ]
    steps += [
        f"{say(day, beside=start)}因{changed.name}调休上班，要算。"
        for day, changed in sorted(calendar.days.items())
        if changed.working and start < day <= on
    ]
    return steps


def _moved(
    start: date, on: date, allowance: Allowance, calendar: Calendar, gaps: Sequence[Pause]
) -> list[str]:
    if allowance.unit is Unit.HOUR or calendar.is_working(on - timedelta(days=1)):
        return []
    return ["如果最后一天是休息日，顺延到休息日结束后的第一天。"]
