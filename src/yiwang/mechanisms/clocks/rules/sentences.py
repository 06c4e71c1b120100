"""“为什么是这一天”: the sentences behind a due date, in the words pages show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from yiwang.kernel.sentences import LegalDay, listed, said
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
        return (said("%(day)s当场办结。", day=LegalDay(start, start)),)
    amount = said(f"%(n)s {UNIT_LABELS[allowance.unit]}", n=allowance.amount)
    steps: list[str] = [
        said("%(day)s开始，当天不算，从第二天起数。", day=LegalDay(start, start)),
        said("时限是 %(amount)s。", amount=amount),
    ]
    steps += [
        said(
            "%(span)s暂停%(because)s，不算。",
            span=_span(g.begins_on + timedelta(days=1), g.ends_on, start),
            because=_because(g),
        )
        for g in gaps
        if g.begins_on < on and g.ends_on > start
    ]
    if allowance.unit is Unit.WORKING_DAY:
        steps += _days_off(start, on, calendar)
        steps.append(
            said(
                "第 %(n)s 个工作日是 %(day)s，当天结束前都算按时。",
                n=allowance.amount,
                day=LegalDay(on, start),
            )
        )
    else:
        steps += _moved(start, on, allowance, calendar, gaps)
        steps.append(said("满 %(amount)s是 %(day)s。", amount=amount, day=LegalDay(on, start)))
    if provisional:
        steps.append(
            said(
                "%(year)s 年的放假安排还没有录入，这一天是暂定的；录入后会重新计算，变了会告诉您。",
                year=calendar.last_year + 1,
            )
        )
    return tuple(steps)


def _because(gap: Pause) -> str:
    return f"（{gap.reason}）" if gap.reason else ""


def _span(first: date, last: date, beside: date) -> str:
    begins = LegalDay(first, beside, plain=True)
    if first == last:
        return said("%(day)s", day=begins)
    return said(
        "%(first)s至%(last)s", first=begins, last=LegalDay(last, first, plain=True, follows=True)
    )


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
    steps: list[str] = []
    weekends = [_span(first, last, start) for first, last, name in runs if not name]
    if weekends:
        steps.append(said("%(spans)s是周末，不算。", spans=listed(weekends, "、")))
    steps += [
        said("%(span)s%(name)s放假，不算。", span=_span(first, last, start), name=name)
        for first, last, name in runs
        if name
    ]
    steps += [
        said("%(day)s因%(name)s调休上班，要算。", day=LegalDay(day, start), name=changed.name)
        for day, changed in sorted(calendar.days.items())
        if changed.working and start < day <= on
    ]
    return steps


def _moved(
    start: date, on: date, allowance: Allowance, calendar: Calendar, gaps: Sequence[Pause]
) -> list[str]:
    if allowance.unit is Unit.HOUR or calendar.is_working(on - timedelta(days=1)):
        return []
    return [said("如果最后一天是休息日，顺延到休息日结束后的第一天。")]
