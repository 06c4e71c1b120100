"""Moments: aware UTC inside, Asia/Shanghai at the edges. ``now`` is asked for here only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, UTC. Entrances and jobs ask; actions and rules get it as ``at``."""
    return datetime.now(UTC)


def legal_date(at: datetime) -> date:
    """The day a moment falls on in China; ValueError for a naive moment."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(SHANGHAI).date()


def add_months(start: date, months: int) -> date:
    """The same day some months later, or the last day of that month (30 Nov + 3 → 28 Feb)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, start.day)
