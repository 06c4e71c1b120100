"""What is known of enquiries: who asked about which look, never the words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryMade(Event):
    """Somebody asked about a look at his data, or objected to it. The clock runs."""

    name: ClassVar[str] = "enquiries.enquiry_made"
    kind: str
    look: str
    division_code: str
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryAnswered(Event):
    """The department's data officer answered."""

    name: ClassVar[str] = "enquiries.enquiry_answered"
    kind: str
    finding: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryLimit(Event):
    """The department's limit for one answer: whose it is, on which day it is due."""

    division_code: str
    department: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryNearlyDue(EnquiryLimit):
    """The department has nearly no time left to answer."""

    name: ClassVar[str] = "enquiries.enquiry_nearly_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryLate(EnquiryLimit):
    """The department did not answer in time."""

    name: ClassVar[str] = "enquiries.enquiry_late"
