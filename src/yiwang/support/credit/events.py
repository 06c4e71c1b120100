"""Facts of the credit register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachEvent(Event):
    """What each of them carries; ``applicant``: whose record it is."""

    applicant: str
    case: str
    division_code: str
    department: str
    serious: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachRecorded(BreachEvent):
    """A commitment that was not kept is on record."""

    name: ClassVar[str] = "credit.breach_recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairAsked(BreachEvent):
    """The person asks for repair, with reasons."""

    name: ClassVar[str] = "credit.repair_asked"
    answer_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachRepaired(BreachEvent):
    """The body agreed; what it closed is open again."""

    name: ClassVar[str] = "credit.breach_repaired"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairDeclined(BreachEvent):
    """The body did not agree, with reasons."""

    name: ClassVar[str] = "credit.repair_declined"
