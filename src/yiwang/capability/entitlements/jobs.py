"""The clock's part: the list of the month is made on its tenth day, or the next run after it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.entitlements import actions
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.jobs.registry import every

#: 本地规定（示例）: the day of the month on which lists are fixed.
CLOSING_DAY: Final = 10


@every(minutes=1440, name="entitlements.close_month")
def close_month(*, actor: Actor, at: datetime) -> None:
    """Close the current month once its closing day has come; every later run finds it closed."""
    today = legal_date(at)
    if today.day >= CLOSING_DAY:
        actions.close_month(today.year, today.month, at=at, actor=actor)
