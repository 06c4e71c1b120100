"""目录变动 (政务数据共享条例 第十七条): a law or a body's duties changed, and its catalogue has to follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.mechanisms.clocks.definitions import Allowance, ClockView, Unit
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

#: Kind of the clock of ``catalogue-change:<key>``: ten working days from the change, five more by consent.
CHANGE: Final = "change"
CHANGE_WITHIN: Final = Allowance(10, Unit.WORKING_DAY, 2)
LONGER: Final = 5
LONGEST_WORDS: Final = 500


class Cause(StrEnum):
    """Why the catalogue has to follow."""

    LAW = "LAW"
    DUTY = "DUTY"


CAUSE_LABELS: Final[Mapping[str, str]] = {
    Cause.LAW: "法律、行政法规、国务院决定调整",
    Cause.DUTY: "部门职责变化",
}


class LongerState(StrEnum):
    """Whether five more days were asked for, and what came of it."""

    NO = ""
    ASKED = "ASKED"
    GRANTED = "GRANTED"
    DECLINED = "DECLINED"


class ChangeState(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"


_S = ChangeState
_BODY: Final = (Party.OFFICIAL,)
CHANGE_MACHINE: Final = Machine(
    profile="CATALOGUE_CHANGE",
    version=1,
    initial=_S.OPEN,
    labels={_S.OPEN: "目录还没有更新", _S.DONE: "已更新报送"},
    transitions=(
        Transition(_S.OPEN, "ask_longer", _BODY, _S.OPEN, "申请延长 5 个工作日", "!longer_asked"),
        Transition(_S.OPEN, "consent_longer", _BODY, _S.OPEN, "同意延长", "longer_open"),
        Transition(_S.OPEN, "decline_longer", _BODY, _S.OPEN, "不同意延长", "longer_open"),
        Transition(_S.OPEN, "done", _BODY, _S.DONE, "已经更新报送"),
    ),
)
#: Which acts are the authority's; the others are the body's.
OF_AUTHORITY: Final = ("consent_longer", "decline_longer")


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change as the body and the authority see it. ``acts``: (act, label) open to this actor."""

    key: str
    reference: str
    resource: str  # the resource's key, "" when it is about none there is
    resource_name: str
    department: str
    department_name: str
    division_code: str
    cause: str
    cause_label: str
    basis: str
    what: str
    happened_on: date
    state: str
    state_label: str
    version: int
    longer: str
    longer_words: str
    due_on: date
    done_at: datetime | None
    done_words: str
    clock: ClockView | None
    acts: tuple[tuple[str, str], ...]
