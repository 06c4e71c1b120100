"""States, findings and results of visits, and what readers get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from yiwang.kernel.actor import Role
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

#: The clock of a visit; its subject is the visit. It runs from the day officers are named, or from acceptance.
CLOCK: Final = "visit"
#: Who may be sent, plan and record: staff of the body that handles the case, not the window.
OFFICERS: Final = (Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.HEAD)
#: 行政许可法 34 III.
FEWEST_OFFICERS: Final = 2


class VisitState(StrEnum):
    WANTED = "WANTED"  # 待安排
    PLANNED = "PLANNED"  # 已安排，待核查
    SIGNED = "SIGNED"  # 有人签字，等另一位确认
    DONE = "DONE"  # 全体签字，完成
    SKIPPED = "SKIPPED"  # 依规定免于核查
    CLOSED = "CLOSED"  # 办件已经结束


OPEN_STATES: Final = (VisitState.WANTED, VisitState.PLANNED, VisitState.SIGNED)


class Finding(StrEnum):
    MEETS = "MEETS"
    FAILS = "FAILS"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Result(StrEnum):
    CONFORMS = "CONFORMS"
    DOES_NOT_CONFORM = "DOES_NOT_CONFORM"


class VisitStatus(StrEnum):
    """What the list of visits may be narrowed to."""

    MINE = "MINE"
    WANTED = "WANTED"
    OPEN = "OPEN"
    DONE = "DONE"


STATE_LABELS: Final[Mapping[str, str]] = {
    VisitState.WANTED: "待安排",
    VisitState.PLANNED: "已安排",
    VisitState.SIGNED: "等另一位确认",
    VisitState.DONE: "已完成",
    VisitState.SKIPPED: "免于核查",
    VisitState.CLOSED: "不再需要",
}
_STAFF: Final = (Party.OFFICIAL,)
#: ``all_signed``: with this signature every officer stands for one and the same record.
MACHINE: Final = Machine(
    profile="VISIT",
    version=1,
    initial=VisitState.WANTED,
    labels=STATE_LABELS,
    transitions=(
        Transition(VisitState.WANTED, "plan", _STAFF, VisitState.PLANNED, "安排核查", "in_charge"),
        Transition(VisitState.PLANNED, "plan", _STAFF, VisitState.PLANNED, "改期", "in_charge"),
        Transition(VisitState.WANTED, "skip", _STAFF, VisitState.SKIPPED, "免于核查", "skippable"),
        Transition(VisitState.PLANNED, "skip", _STAFF, VisitState.SKIPPED, "免于核查", "skippable"),
        Transition(VisitState.PLANNED, "record", _STAFF, VisitState.PLANNED, "记录", "officer"),
        Transition(VisitState.SIGNED, "record", _STAFF, VisitState.PLANNED, "改记录", "officer"),
        Transition(VisitState.PLANNED, "sign", _STAFF, VisitState.SIGNED, "签字", "unsigned"),
        Transition(VisitState.SIGNED, "sign", _STAFF, VisitState.SIGNED, "签字", "unsigned"),
        Transition(VisitState.SIGNED, "finish", _STAFF, VisitState.DONE, "完成", "all_signed"),
        *(
            Transition(state, "end", (Party.MACHINE,), VisitState.CLOSED, "随办件办结")
            for state in OPEN_STATES
        ),
    ),
)
FINDING_LABELS: Final[Mapping[str, str]] = {
    Finding.MEETS: "符合",
    Finding.FAILS: "不符合",
    Finding.NOT_APPLICABLE: "不适用",
}
RESULT_LABELS: Final[Mapping[str, str]] = {
    Result.CONFORMS: "符合要求",
    Result.DOES_NOT_CONFORM: "不符合要求",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found at one point of the checklist."""

    finding: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What the officers wrote: the whole input of ``keep_record``.

    ``present``: who was there for the applicant; ``statement``: what they said to it.
    """

    answers: Mapping[str, Answer]
    result: str = ""
    remarks: str = ""
    present: str = ""
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a photograph was taken, as the telephone said; ``accuracy`` in metres."""

    latitude: float
    longitude: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class PointRow:
    """One line of the checklist with what was found and its photographs."""

    key: str
    text: str
    article: str
    finding: str
    finding_label: str
    note: str
    photographs: tuple[PhotographRow, ...]


@dataclass(frozen=True, slots=True)
class PhotographRow:
    """One photograph: its file, when and where it was taken; ``number`` within the visit."""

    file_key: str
    filename: str
    number: int
    taken_at: datetime
    position: Position | None
    who: str


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One officer of a visit and whether he signed."""

    reference: str
    name: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class VisitView:
    """One visit as this actor may read it. ``acts``: what he may do now."""

    key: str
    reference: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    department: str
    department_name: str
    division_code: str
    number: int
    reason: str
    state: str
    state_label: str
    basis: str
    local: bool
    planned_at: datetime | None
    place: str
    officers: tuple[OfficerRow, ...]
    points: tuple[PointRow, ...]
    photographs: tuple[PhotographRow, ...]
    result: str
    result_label: str
    remarks: str
    present: str
    statement: str
    skipped_because: str
    version: int
    opened_at: datetime
    done_at: datetime | None
    clock: ClockView | None
    acts: tuple[str, ...]
