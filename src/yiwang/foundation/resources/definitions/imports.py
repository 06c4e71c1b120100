"""What became of a file of resources."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    WRITTEN = "WRITTEN"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


OUTCOME_LABELS: Final = {
    Outcome.WRITTEN: "写成草稿",
    Outcome.UNCHANGED: "没有变化",
    Outcome.REFUSED: "不能接受",
}


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One resource of the file, by its first line."""

    line: int
    code: str
    name: str
    items: int
    outcome: Outcome
    reasons: tuple[str, ...] = ()

    @property
    def outcome_label(self) -> str:
        return OUTCOME_LABELS[self.outcome]


@dataclass(frozen=True, slots=True)
class ResourceReport:
    """One file, tried or applied; ``run``: the key by which it is undone, "" when nothing was written."""

    file_name: str
    rows: tuple[ImportedRow, ...]
    applied: bool
    run: str = ""

    @property
    def written(self) -> int:
        return sum(1 for one in self.rows if one.outcome is Outcome.WRITTEN)

    @property
    def unchanged(self) -> int:
        return sum(1 for one in self.rows if one.outcome is Outcome.UNCHANGED)

    @property
    def refused(self) -> int:
        return sum(1 for one in self.rows if one.outcome is Outcome.REFUSED)
