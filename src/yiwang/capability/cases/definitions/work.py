"""Work at hand: whose turn a case is, the lists of a desk, how they are narrowed and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from yiwang.capability.cases.definitions import PhraseRow
from yiwang.capability.cases.definitions.profiles import State
from yiwang.mechanisms.statements.definitions import COUNTED_UP_TO as COUNTED_UP_TO

#: The day of work without a limit: behind everything that has one.
NO_DAY: Final = date(9999, 12, 31)
MOST_FILTERS: Final = 20
LONGEST_NAME: Final = 30


class Turn(StrEnum):
    """Whose step is next."""

    WINDOW = "WINDOW"  # to be taken in, at the window too
    HANDLE = "HANDLE"  # 承办
    REVIEW = "REVIEW"  # 审核
    APPROVE = "APPROVE"  # 批准
    APPLICANT = "APPLICANT"  # 补正
    SPECIAL = "SPECIAL"  # 特别程序


class WorkList(StrEnum):
    """The lists of open cases a desk has."""

    MINE = "MINE"  # 我的: waits for an act of mine
    DEPARTMENT = "DEPARTMENT"  # 本部门
    OVERDUE = "OVERDUE"  # 超期
    SOON = "SOON"  # 快到期
    APPLICANT = "APPLICANT"  # 等申请人
    OTHERS = "OTHERS"  # 等别人: other bodies, a visit, a special procedure
    STANDING = "STANDING"  # 停表: the clock stands still, whoever it waits for


class Light(StrEnum):
    """The clock as a light."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"
    STANDING = "STANDING"  # 停表, or no limit


class Phase(StrEnum):
    """Where a case stands, as officials sort their work."""

    TO_ACCEPT = "TO_ACCEPT"
    EXAMINING = "EXAMINING"
    REVIEWING = "REVIEWING"
    APPROVING = "APPROVING"
    RETURNED = "RETURNED"
    SPECIAL = "SPECIAL"
    TO_DELIVER = "TO_DELIVER"


class Order(StrEnum):
    """How a list is sorted."""

    DUE = "DUE"  # 按到期先后
    RECEIVED = "RECEIVED"  # 按收到先后


PHASES: Final[Mapping[Phase, tuple[State, ...]]] = {
    Phase.TO_ACCEPT: (State.SUBMITTED, State.WITH_OFFICIAL),
    Phase.EXAMINING: (State.ACCEPTED,),
    Phase.REVIEWING: (State.IN_REVIEW,),
    Phase.APPROVING: (State.FOR_APPROVAL,),
    Phase.RETURNED: (State.RETURNED,),
    Phase.SPECIAL: (State.SUSPENDED,),
    Phase.TO_DELIVER: (State.APPROVED, State.REJECTED, State.ISSUED),
}
PHASE_LABELS: Final[Mapping[str, str]] = {
    Phase.TO_ACCEPT: "待受理",
    Phase.EXAMINING: "审查",
    Phase.REVIEWING: "审核",
    Phase.APPROVING: "批准",
    Phase.RETURNED: "等补正",
    Phase.SPECIAL: "特别程序",
    Phase.TO_DELIVER: "待发结果",
}
LIGHT_LABELS: Final[Mapping[str, str]] = {
    Light.RED: "超期",
    Light.YELLOW: "快到期",
    Light.GREEN: "在期限内",
    Light.STANDING: "停表或没有时限",
}


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """Which open cases a list shows; empty values do not narrow. Received days include both ends."""

    list: WorkList = WorkList.MINE
    item_code: str = ""
    division_code: str = ""
    light: str = ""
    phase: str = ""
    received_from: date | None = None
    received_until: date | None = None
    order: Order = Order.DUE

    @property
    def narrows(self) -> bool:
        """Does it say more than which list?"""
        return bool(
            self.item_code
            or self.division_code
            or self.light
            or self.phase
            or self.received_from
            or self.received_until
        )


@dataclass(frozen=True, slots=True)
class SavedFilterRow:
    """A narrowed list one official keeps under a name."""

    key: str
    name: str
    filter: WorkFilter


@dataclass(frozen=True, slots=True)
class Kept:
    """What one official keeps for his work: filters by name, phrases as he kept them."""

    filters: tuple[SavedFilterRow, ...]
    phrases: tuple[PhraseRow, ...]
