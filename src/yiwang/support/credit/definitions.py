"""A breach on record, and its repair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.mechanisms.clocks.definitions import Allowance, ClockView, Unit
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

#: Kind of the clock of ``breach:<key>``: by when a request for repair is answered.
REPAIR: Final = "repair"
#: 本地规定（示例）: how long the body has to answer it.
ANSWER_WITHIN: Final = Allowance(10, Unit.WORKING_DAY, 3)


class BreachState(StrEnum):
    ON_RECORD = "ON_RECORD"
    REPAIR_ASKED = "REPAIR_ASKED"
    REPAIRED = "REPAIRED"


#: 信用修复: the person asks, the body answers with reasons; a refusal may be followed by another request.
BREACH: Final = Machine(
    profile="BREACH",
    version=1,
    initial=BreachState.ON_RECORD,
    labels={
        BreachState.ON_RECORD: "在记录",
        BreachState.REPAIR_ASKED: "申请修复，等答复",
        BreachState.REPAIRED: "已修复",
    },
    transitions=(
        Transition(
            BreachState.ON_RECORD,
            "ask_repair",
            (Party.APPLICANT,),
            BreachState.REPAIR_ASKED,
            "申请修复",
        ),
        Transition(
            BreachState.REPAIR_ASKED, "repair", (Party.OFFICIAL,), BreachState.REPAIRED, "同意修复"
        ),
        Transition(
            BreachState.REPAIR_ASKED,
            "decline_repair",
            (Party.OFFICIAL,),
            BreachState.ON_RECORD,
            "不同意修复",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class BreachNote:
    """One step in words."""

    at: datetime
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class BreachView:
    """One breach as the person and the body see it."""

    key: str
    reference: str
    case: str
    item_name: str
    department_name: str
    serious: bool
    words: str
    state: str
    state_label: str
    version: int
    recorded_at: datetime
    due_on: date | None
    clock: ClockView | None
    notes: tuple[BreachNote, ...]
    position: int

    @property
    def case_key(self) -> str:
        return self.case.partition(":")[2]

    @property
    def closes_the_road(self) -> bool:
        """Serious and not repaired: commitments are not open to this person."""
        return self.serious and self.state != BreachState.REPAIRED
