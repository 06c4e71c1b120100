"""What is counted, and the public figures of a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Metric(StrEnum):
    """One thing counted per day, place and item."""

    RECEIVED = "RECEIVED"  # 收到申请
    DECIDED = "DECIDED"  # 作出决定
    IN_TIME = "IN_TIME"  # …其中按时
    BY_RULE = "BY_RULE"  # …其中由规则当场决定
    REVIEWED = "REVIEWED"  # 收到评价
    SATISFIED = "SATISFIED"  # …其中基本满意以上


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of some days, both ends included."""

    first: date
    last: date
    received: int = 0
    decided: int = 0
    in_time: int = 0
    by_rule: int = 0
    reviewed: int = 0
    satisfied: int = 0
    received_before: int = 0  # the same number of days before

    @property
    def late(self) -> int:
        return self.decided - self.in_time

    @property
    def bad(self) -> int:
        return self.reviewed - self.satisfied
