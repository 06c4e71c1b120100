"""A clock's makings for tests."""

from __future__ import annotations

from datetime import date

from yiwang.mechanisms.clocks.definitions import Allowance, CalendarDay, Unit


def days(amount: int, warn_days: int = 1) -> Allowance:
    """So many working days."""
    return Allowance(amount, Unit.WORKING_DAY, warn_days)


def notice_2027() -> list[CalendarDay]:
    """An invented notice for 2027 that also moves one day of December 2026."""
    off = [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3), date(2026, 12, 31)]
    return [CalendarDay(on, False, "元旦") for on in off] + [
        CalendarDay(date(2026, 12, 27), True, "元旦")
    ]
