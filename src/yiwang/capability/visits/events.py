"""Facts about visits. The subject is the case, so that its history is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEvent(Event):
    """What every fact about a visit carries."""

    visit: str
    department: str
    department_name: str
    division_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitWanted(VisitEvent):
    """The case is not approved before somebody has looked on the spot."""

    name: ClassVar[str] = "visits.visit_wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlanned(VisitEvent):
    """Day, place and officers are named, or named anew."""

    name: ClassVar[str] = "visits.visit_planned"
    planned_on: str
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecorded(VisitEvent):
    """All officers signed one and the same record."""

    name: ClassVar[str] = "visits.visit_recorded"
    result: str
    in_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSkipped(VisitEvent):
    """The flow allows to do without, and an official said why."""

    name: ClassVar[str] = "visits.visit_skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitNearlyDue(VisitEvent):
    """The limit of the visit is nearly over."""

    name: ClassVar[str] = "visits.visit_nearly_due"
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLate(VisitEvent):
    """Nobody recorded the visit within its limit."""

    name: ClassVar[str] = "visits.visit_late"
    due_on: str
