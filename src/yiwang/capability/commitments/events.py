"""What late materials and commitments announce. The subject is always the case's reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustEvent(Event):
    """What each of them carries."""

    applicant: str
    division_code: str
    department: str
    item_code: str
    item_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LateMaterialPromised(TrustEvent):
    """Handed in with a gap: the undertaking says which material comes later."""

    name: ClassVar[str] = "commitments.late_material_promised"
    tolerance: str
    material: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceOpened(TrustEvent):
    """Accepted with the gap; ``due_on``: the last day to hand it in."""

    name: ClassVar[str] = "commitments.tolerance_opened"
    tolerance: str
    material: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LateMaterialSupplied(TrustEvent):
    """The late material is here; ``late``: after its last day."""

    name: ClassVar[str] = "commitments.late_material_supplied"
    tolerance: str
    material: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LateMaterialSentBack(TrustEvent):
    """What was handed in is not what was asked for; ``due_on``: the last day now."""

    name: ClassVar[str] = "commitments.late_material_sent_back"
    tolerance: str
    material: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LateMaterialConfirmed(TrustEvent):
    """An official looked at it: the approved result may be made."""

    name: ClassVar[str] = "commitments.late_material_confirmed"
    tolerance: str
    material: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceLapsed(TrustEvent):
    """It never came; an official goes on as the undertaking says."""

    name: ClassVar[str] = "commitments.tolerance_lapsed"
    tolerance: str
    material: str
    withdraws: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentMade(TrustEvent):
    """Handed in on a signed commitment; ``kind``: PROOF or PERMIT."""

    name: ClassVar[str] = "commitments.commitment_made"
    commitment: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentTookEffect(TrustEvent):
    """Decided on the promise; to be looked into by ``check_by``."""

    name: ClassVar[str] = "commitments.commitment_took_effect"
    commitment: str
    check_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentKept(TrustEvent):
    """Looked into: as promised, or put right."""

    name: ClassVar[str] = "commitments.commitment_kept"
    commitment: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionOrdered(TrustEvent):
    """Not as promised: to be put right by ``correct_by``."""

    name: ClassVar[str] = "commitments.correction_ordered"
    commitment: str
    correct_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionReported(TrustEvent):
    """The applicant says it has been put right."""

    name: ClassVar[str] = "commitments.correction_reported"
    commitment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentBroken(TrustEvent):
    """Untrue, or not put right; ``serious``: the road of commitments is closed until repaired."""

    name: ClassVar[str] = "commitments.commitment_broken"
    commitment: str
    finding: str
    serious: bool
