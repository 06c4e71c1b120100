"""When something is due and why. Pure: dates in, dates and sentences out.

The day of the start is not counted; counting begins with the next (working) day; due is the whole
last day (民法典 201, 203). Days counted in 行政许可法 are working days (82). Months and years end on
the corresponding day or the month's last (民法典 202). A natural day, month or year that would end
on a day off ends on the next working day (民法典 203).
"""

from __future__ import annotations

import calendar as month_lengths
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from yiwang.kernel.moments import SHANGHAI
from yiwang.mechanisms.clocks.definitions import (
    Allowance,
    Calendar,
    Colour,
    Due,
    Pause,
    StripDay,
    StripKind,
    Unit,
)
from yiwang.mechanisms.clocks.rules import sentences

_ONE_DAY = timedelta(days=1)
_STRIP_LIMIT = 62


def due(
    *, start: date, allowance: Allowance, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Due:
    """The last day of an allowance, whether a coming calendar may move it, and why it is this day."""
    gaps = merge(pauses)
    on = last_day(start=start, allowance=allowance, calendar=calendar, gaps=gaps)
    provisional = not calendar.is_settled(on)
    steps = sentences.why(
        start=start,
        allowance=allowance,
        calendar=calendar,
        gaps=gaps,
        on=on,
        provisional=provisional,
    )
    return Due(on=on, provisional=provisional, steps=steps)


def last_day(
    *, start: date, allowance: Allowance, calendar: Calendar, gaps: Sequence[Pause]
) -> date:
    """The day alone. ``gaps`` are merged pauses, in order."""
    if allowance.amount == 0:
        return start
    if allowance.unit is Unit.WORKING_DAY:
        return _nth_working_day(start, allowance.amount, calendar, gaps)
    on = _pushed(start, _natural_end(start, allowance), gaps)
    if allowance.unit is Unit.HOUR or calendar.is_working(on):
        return on
    return calendar.nth_working_day(1, after=on)


def merge(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """Pauses in order, overlapping or touching ones joined, empty ones dropped."""
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda p: (p.begins_on, p.ends_on)):
        if pause.ends_on <= pause.begins_on:
            continue
        if merged and pause.begins_on <= merged[-1].ends_on:
            last = merged.pop()
            pause = Pause(
                last.begins_on, max(last.ends_on, pause.ends_on), last.reason or pause.reason
            )
        merged.append(pause)
    return tuple(merged)


def end_of(on: date) -> datetime:
    """The moment a legal day is over."""
    return datetime.combine(on + _ONE_DAY, time(), tzinfo=SHANGHAI)


def due_moment(
    *, started_at: datetime, allowance: Allowance, on: date, paused: timedelta = timedelta()
) -> datetime:
    """The moment after which it is late: hours run exactly, all else to the end of the day."""
    if allowance.unit is Unit.HOUR:
        return started_at + timedelta(hours=allowance.amount) + paused
    return end_of(on)


def days_between(*, after: date, until: date, unit: Unit, calendar: Calendar) -> int:
    """Days of the allowance's kind later than ``after`` up to ``until``; negative when over."""
    if unit is Unit.WORKING_DAY:
        return calendar.working_days_between(after, until)
    return (until - after).days


def days_used(
    *, start: date, until: date, unit: Unit, calendar: Calendar, gaps: Sequence[Pause]
) -> int:
    """Counted days from the start to ``until``, pauses left out."""
    used = days_between(after=start, until=max(start, until), unit=unit, calendar=calendar)
    for gap in gaps:
        begins, ends = max(gap.begins_on, start), min(gap.ends_on, until)
        if begins < ends:
            used -= days_between(after=begins, until=ends, unit=unit, calendar=calendar)
    return used


def colour(*, on: date, today: date, allowance: Allowance, calendar: Calendar) -> Colour:
    """Red after the last day; yellow when ``warn_days`` or fewer are left; else green."""
    if today > on:
        return Colour.RED
    return (
        Colour.YELLOW
        if today >= warns_on(on=on, allowance=allowance, calendar=calendar)
        else Colour.GREEN
    )


def warns_on(*, on: date, allowance: Allowance, calendar: Calendar) -> date:
    """The first yellow day."""
    if allowance.unit is not Unit.WORKING_DAY:
        return on - timedelta(days=allowance.warn_days)
    if calendar.working_days_until(on) <= allowance.warn_days:
        return on
    return min(on, calendar.nth_working_day(-allowance.warn_days, after=on))


def strip(
    *, start: date, on: date, today: date, calendar: Calendar, gaps: Sequence[Pause], unit: Unit
) -> tuple[StripDay, ...]:
    """The days from the one after the start to the answer (or today, when late), each with its kind."""
    last = max(on, today) if today > on else on
    length = min((last - start).days, _STRIP_LIMIT)
    days = (start + timedelta(days=n) for n in range(1, length + 1))
    return tuple(StripDay(day, _kind(day, on, today, calendar, gaps, unit)) for day in days)


def _kind(
    day: date, on: date, today: date, calendar: Calendar, gaps: Sequence[Pause], unit: Unit
) -> StripKind:
    if day == today:
        return StripKind.TODAY
    if day > on:
        return StripKind.LATE
    if day == on:
        return StripKind.DUE
    if unit is Unit.WORKING_DAY and not calendar.is_working(day):
        return StripKind.OFF
    if any(gap.begins_on < day <= gap.ends_on for gap in gaps):
        return StripKind.PAUSED
    return StripKind.USED if day < today else StripKind.FREE


def _nth_working_day(start: date, amount: int, calendar: Calendar, gaps: Sequence[Pause]) -> date:
    position, left = start, amount
    for gap in gaps:
        if gap.begins_on > position:
            available = calendar.working_days_between(position, gap.begins_on)
            if left <= available:
                break
            left -= available
        position = max(position, gap.ends_on)
    return calendar.nth_working_day(left, after=position)


def _natural_end(start: date, allowance: Allowance) -> date:
    match allowance.unit:
        case Unit.MONTH:
            return _months_later(start, allowance.amount)
        case Unit.YEAR:
            return _months_later(start, 12 * allowance.amount)
        case Unit.HOUR:
            return start + timedelta(days=-(-allowance.amount // 24))
        case _:
            return start + timedelta(days=allowance.amount)


def _months_later(start: date, months: int) -> date:
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = month_lengths.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(start.day, last))


def _pushed(start: date, on: date, gaps: Sequence[Pause]) -> date:
    for gap in gaps:
        begins = max(gap.begins_on, start)
        if begins >= on:
            break
        if gap.ends_on > begins:
            on += gap.ends_on - begins
    return on
