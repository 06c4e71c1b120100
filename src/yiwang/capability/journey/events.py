"""What the journey itself announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceFound(Event):
    """对账不符: two records that must agree do not; ``what`` names the pair. An operator looks."""

    name: ClassVar[str] = "journey.difference_found"
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCheckedAgain(Event):
    """复核: data that were owed have come, and the item's table was asked again. The subject is the case."""

    name: ClassVar[str] = "journey.case_checked_again"
    outcome: str
