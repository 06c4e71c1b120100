"""When to try again, and which run of a periodic task a moment belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Final

FIRST_WAIT_SECONDS: Final = 5.0
LONGEST_WAIT_SECONDS: Final = 3600.0


def wait_seconds(*, attempts: int, jitter: float) -> float:
    """The pause before the next try: 5 s doubled each time, at most an hour, spread by half.

    ``attempts``: tries already made before the one that just failed. ``jitter``: 0..1, random.
    """
    doubled = FIRST_WAIT_SECONDS * 2.0 ** min(attempts, 30)
    return float(min(doubled, LONGEST_WAIT_SECONDS) * (0.5 + jitter))


def slot_of(*, at: datetime, minutes: int) -> int:
    """The number of the period ``at`` lies in, counted from 1970; equal slots are the same run."""
    return int(at.timestamp()) // (minutes * 60)
