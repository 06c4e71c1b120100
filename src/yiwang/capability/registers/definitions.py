"""The shape of the registers: three kinds, what an entry was about, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.kernel.actor import CASE_STAFF, Role


class RegisterKind(StrEnum):
    """Which register."""

    REFUSAL = "REFUSAL"  # 不予受理、不受理、不予许可
    CORRECTION = "CORRECTION"  # 补正告知、退回材料
    EXTENSION = "EXTENSION"  # 延长办理期限


KIND_LABELS: Final[Mapping[str, str]] = {
    RegisterKind.REFUSAL: "不予受理和不予许可台账",
    RegisterKind.CORRECTION: "补正告知台账",
    RegisterKind.EXTENSION: "延长期限台账",
}


class Matter(StrEnum):
    """What an entry is about."""

    NOT_ACCEPTED = "NOT_ACCEPTED"
    NOT_OURS = "NOT_OURS"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    HANDED_BACK = "HANDED_BACK"
    EXTENDED = "EXTENDED"


MATTER_LABELS: Final[Mapping[str, str]] = {
    Matter.NOT_ACCEPTED: "不予受理",
    Matter.NOT_OURS: "不受理",
    Matter.REJECTED: "不予批准",
    Matter.RETURNED: "一次告知补正",
    Matter.HANDED_BACK: "退回材料，一次告知",
    Matter.EXTENDED: "延长办理期限",
}


class Became(StrEnum):
    """What became of it."""

    STANDS = "STANDS"
    OVERTURNED = "OVERTURNED"  # taken up anew after a review or a judgment
    WAITING = "WAITING"
    SUPPLIED = "SUPPLIED"
    LAPSED = "LAPSED"
    GRANTED = "GRANTED"
    DECLINED = "DECLINED"
    ENDED = "ENDED"  # the case ended before it was answered


BECAME_LABELS: Final[Mapping[str, str]] = {
    Became.STANDS: "有效",
    Became.OVERTURNED: "经复议或者诉讼重新办理",
    Became.WAITING: "等待中",
    Became.SUPPLIED: "已补正",
    Became.LAPSED: "逾期没有补正",
    Became.GRANTED: "已批准",
    Became.DECLINED: "没有批准",
    Became.ENDED: "办件已先结束",
}
#: Who reads the registers: everybody who works on cases, and leaders.
READERS: Final = (*CASE_STAFF, Role.LEADER)


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which entries; ``since`` and ``until`` are days, both included. Empty values do not narrow."""

    since: date | None = None
    until: date | None = None
    item_code: str = ""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of a register: masked, without the reason."""

    key: str
    kind: str
    matter: str
    matter_label: str
    case_key: str
    case_no: str
    item_code: str
    item_name: str
    applicant_masked: str
    division_code: str
    department_name: str
    happened_at: datetime
    letter: str
    document: str
    items: int
    due_on: date | None
    became: str
    became_label: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegisterEntryView:
    """One entry with its reason, as the person was told it."""

    row: RegisterRow
    reason: str
