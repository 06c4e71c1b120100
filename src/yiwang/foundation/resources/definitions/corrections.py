"""数据纠错: somebody says that a datum is wrong; its source verifies, corrects, answers, and copies follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.mechanisms.clocks.definitions import Allowance, ClockView, Unit
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

#: Kind of the clock of ``data-correction:<key>``: verified, corrected and answered in 10 working days (条例 第二十六条).
ANSWER: Final = "answer"
ANSWER_WITHIN: Final = Allowance(10, Unit.WORKING_DAY, 2)
LONGEST: Final = 2000


class CorrectionState(StrEnum):
    ASKED = "ASKED"
    CORRECTED = "CORRECTED"
    DECLINED = "DECLINED"


CORRECTION: Final = Machine(
    profile="DATA_CORRECTION",
    version=1,
    initial=CorrectionState.ASKED,
    labels={
        CorrectionState.ASKED: "等来源部门核实",
        CorrectionState.CORRECTED: "已更正",
        CorrectionState.DECLINED: "核实无误，不更正",
    },
    transitions=(
        Transition(
            CorrectionState.ASKED, "correct", (Party.OFFICIAL,), CorrectionState.CORRECTED, "更正"
        ),
        Transition(
            CorrectionState.ASKED, "decline", (Party.OFFICIAL,), CorrectionState.DECLINED, "不更正"
        ),
    ),
)
#: Whether a copy has taken the corrected datum over.
COPY_LABELS: Final[Mapping[bool, str]] = {False: "还没有同步", True: "已同步"}


@dataclass(frozen=True, slots=True)
class CopyView:
    """One copy that has to take the corrected datum over."""

    key: str
    resource: str  # key
    resource_name: str
    department: str
    department_name: str
    division_code: str
    taken_at: datetime | None

    @property
    def label(self) -> str:
        return COPY_LABELS[self.taken_at is not None]


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One request as both sides see it. ``who``: masked, in lists; whole only on the source's own page."""

    key: str
    reference: str
    applicant: str
    element: str
    label: str
    resource: str  # the source's key
    resource_name: str
    department: str
    department_name: str
    division_code: str
    found_at: str  # where it was found wrong: a resource's name, "" for one's own report
    by_department: str  # the name of the body that reported it, "" for the person concerned
    who: str
    wrong: str
    right: str
    answer: str
    state: CorrectionState
    version: int
    asked_at: datetime
    due_on: date | None
    answered_at: datetime | None
    clock: ClockView | None
    copies: tuple[CopyView, ...] = ()

    @property
    def state_label(self) -> str:
        return CORRECTION.labels[self.state]
