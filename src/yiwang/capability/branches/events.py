"""Facts about branches. The subject is the case, so that its history is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchEvent(Event):
    """What every fact about a branch carries."""

    branch: str
    kind: str
    department: str
    department_name: str
    division_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchOpened(BranchEvent):
    """Another body was asked, until ``due_on``."""

    name: ClassVar[str] = "branches.branch_opened"
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchAnswered(BranchEvent):
    """The body gave its opinion; ``in_time`` against its own limit."""

    name: ClassVar[str] = "branches.branch_answered"
    opinion: str
    in_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchAskedAgain(BranchEvent):
    """The lead asks once more because something changed; the limit begins anew."""

    name: ClassVar[str] = "branches.branch_asked_again"
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchClosed(BranchEvent):
    """Nobody waits for the answer any more."""

    name: ClassVar[str] = "branches.branch_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchNearlyDue(BranchEvent):
    """The body's limit is nearly over."""

    name: ClassVar[str] = "branches.branch_nearly_due"
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchLate(BranchEvent):
    """The body did not answer within its limit."""

    name: ClassVar[str] = "branches.branch_late"
    due_on: str
