"""The plain values of undertakings, late materials and commitments. Their tables lie beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.capability.commitments.definitions.machines import (
    Act,
    CommitmentState,
    Finding,
    ToleranceState,
)
from yiwang.mechanisms.clocks.definitions import ClockView

__all__ = [
    "CHECK",
    "CORRECT",
    "KIND_LABELS",
    "LATE",
    "Act",
    "CommitmentRow",
    "CommitmentState",
    "CommitmentView",
    "Finding",
    "Note",
    "Paper",
    "PaperKind",
    "PaperView",
    "Ticked",
    "ToleranceState",
    "ToleranceView",
]

#: Kinds of clocks: of ``tolerance:<key>`` and ``commitment:<key>``.
LATE: Final = "late"
CHECK: Final = "check"
CORRECT: Final = "correct"
KIND_LABELS: Final[Mapping[str, str]] = {"PROOF": "证明事项告知承诺", "PERMIT": "审批告知承诺"}


class PaperKind(StrEnum):
    """Which undertaking: one application may need both."""

    TOLERANCE = "TOLERANCE"  # 容缺受理承诺书
    COMMITMENT = "COMMITMENT"  # 告知承诺书


@dataclass(frozen=True, slots=True)
class Ticked:
    """One sentence that is read and ticked by itself."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """An undertaking as it is read: what is told, and what is declared. ``version`` names the wording."""

    kind: PaperKind
    version: str
    title: str
    told: tuple[str, ...]
    declared: tuple[Ticked, ...]

    @property
    def text(self) -> str:
        """Word for word what is signed."""
        numbered = (f"{n}. {one.text}" for n, one in enumerate(self.declared, start=1))
        return "\n".join((self.title, *self.told, *numbered))


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper to sign: ``digest`` comes back with the signature; ``signed_at`` of exactly this text.

    ``translation``: the same sentences in the reader's language, to be understood, never signed.
    """

    paper: Paper
    digest: str
    signed_at: datetime | None = None
    translation: Paper | None = None


@dataclass(frozen=True, slots=True)
class ToleranceView:
    """One late material of a case."""

    key: str
    reference: str
    case: str
    material: str
    name: str
    state: str
    state_label: str
    withdraws: bool  # what the undertaking says of a lapse
    due_on: date | None
    clock: ClockView | None
    supplied_at: datetime | None
    settled: bool
    reason: str
    version: int
    acts: tuple[tuple[str, str], ...] = ()

    @property
    def case_key(self) -> str:
        return self.case.partition(":")[2]

    @property
    def waits(self) -> bool:
        """Something is still to be handed in."""
        return self.state in (ToleranceState.SIGNED, ToleranceState.OPEN, ToleranceState.LAPSED)


@dataclass(frozen=True, slots=True)
class Note:
    """One act on a commitment in words."""

    at: datetime
    label: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One line of the list of commitments to look into: masked."""

    key: str
    case: str
    item_name: str
    kind_label: str
    applicant_masked: str
    department_name: str
    state: str
    state_label: str
    due_on: date | None
    clock: ClockView | None
    position: str

    @property
    def case_key(self) -> str:
        return self.case.partition(":")[2]


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """One commitment: what was declared, where it stands, what may be done."""

    key: str
    reference: str
    case: str
    item_code: str
    item_version: int
    item_name: str
    kind: str
    kind_label: str
    applicant: str
    applicant_masked: str
    division_code: str
    department: str
    department_name: str
    state: str
    state_label: str
    version: int
    text: str
    signed_at: datetime
    due_on: date | None
    clock: ClockView | None
    correction: str
    finding: str
    serious: bool
    notes: tuple[Note, ...]
    acts: tuple[tuple[str, str], ...]

    @property
    def case_key(self) -> str:
        return self.case.partition(":")[2]
