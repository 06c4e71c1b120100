"""A question or an objection about one look at somebody's data, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from yiwang.kernel.actor import Role
from yiwang.mechanisms.clocks.definitions import Allowance, ClockView, Unit

CLOCK: Final = "enquiries.answer"
#: 本地规定（示例）: the law says 及时 (个人信息保护法 50) and names no days.
ALLOWANCE: Final = Allowance(10, Unit.WORKING_DAY, warn_days=2)
#: Who answers, for his own department; the authority sees all of its place.
ANSWERERS: Final = (Role.DATA_OFFICER, Role.DATA_AUTHORITY)
LONGEST: Final = 2000


class EnquiryKind(StrEnum):
    """Does somebody ask, or say that it should not have been?"""

    QUESTION = "QUESTION"
    OBJECTION = "OBJECTION"


class EnquiryState(StrEnum):
    """Waiting for the department, or answered."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"


class Finding(StrEnum):
    """What the department found out about the look."""

    IN_ORDER = "IN_ORDER"
    NOT_IN_ORDER = "NOT_IN_ORDER"


KIND_LABELS: Final[Mapping[str, str]] = {
    EnquiryKind.QUESTION: "询问",
    EnquiryKind.OBJECTION: "异议",
}
FINDING_LABELS: Final[Mapping[str, str]] = {
    Finding.IN_ORDER: "查询符合规定",
    Finding.NOT_IN_ORDER: "查询不符合规定",
}


@dataclass(frozen=True, slots=True)
class Look:
    """The look an enquiry is about, as the person saw it. ``looker``: the account, "" for a system."""

    reference: str  # "read-<entry>" or "call-<receipt>"
    at: datetime
    who: str
    what: str
    purpose: str
    case_no: str = ""
    looker: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """The body that answers for a look."""

    division_code: str
    department: str
    name: str


@dataclass(frozen=True, slots=True)
class EnquiryView:
    """One enquiry. ``words`` and ``answer`` are for the asker and the body that answers."""

    key: str
    kind: EnquiryKind
    kind_label: str
    state: EnquiryState
    look: Look
    office: Office
    words: str
    asked_at: datetime
    answer: str
    finding_label: str
    answered_at: datetime | None
    clock: ClockView | None
    position: int

    @property
    def reference(self) -> str:
        return f"enquiry:{self.key}"
