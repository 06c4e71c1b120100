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
