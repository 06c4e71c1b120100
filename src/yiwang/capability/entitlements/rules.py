"""Months and money of entitlements, as pure functions on whole fen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from yiwang.capability.entitlements.definitions import Period


def first_of(on: date) -> date:
    """The first day of the month a day lies in."""
    return on.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the following month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def due_months(periods: Sequence[Period], *, up_to: date) -> dict[date, int]:
    """Every due month up to and with ``up_to`` and its sum; the later period wins where two meet."""
    due: dict[date, int] = {}
    for period in periods:
        month = period.first
        while month <= up_to and (period.until is None or month < period.until):
            due[month] = period.monthly_fen
            month = next_month(month)
    return due


def to_list(
    periods: Sequence[Period], *, listed: Collection[date], closing: date
) -> tuple[tuple[date, int], ...]:
    """What the list of ``closing`` must carry: its own month and earlier ones never listed (补发)."""
    due = due_months(periods, up_to=closing)
    return tuple((month, due[month]) for month in sorted(due) if month not in listed)


def owed_back(periods: Sequence[Period], paid: Mapping[date, int]) -> dict[date, int]:
    """Overpaid fen per month: paid although nothing, or less, was due (应追回)."""
    if not paid:
        return {}
    due = due_months(periods, up_to=max(paid))
    over = {month: fen - due.get(month, 0) for month, fen in paid.items()}
    return {month: fen for month, fen in sorted(over.items()) if fen > 0}


def yuan(fen: int) -> str:
    """``128000`` → ``1,280.00``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
