"""What archives announce: references, numbers and digests, nothing personal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseArchived(Event):
    """A case lies in the archive as one tested, sealed package."""

    name: ClassVar[str] = "archives.case_archived"
    case: str
    archive_no: str
    digest: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFailed(Event):
    """A package did not pass its tests; ``checks``: which. It is not archived, or is damaged."""

    name: ClassVar[str] = "archives.package_failed"
    case: str
    occasion: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Event):
    """封存: the package may not be destroyed."""

    name: ClassVar[str] = "archives.hold_placed"
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted(Event):
    """The hold is over."""

    name: ClassVar[str] = "archives.hold_lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionProlonged(Event):
    """鉴定: kept on, with a new last day."""

    name: ClassVar[str] = "archives.retention_prolonged"
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverSent(Event):
    """A batch is on its way to the archive."""

    name: ClassVar[str] = "archives.hand_over_sent"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverReceived(Event):
    """The archive took a batch in."""

    name: ClassVar[str] = "archives.hand_over_received"
    receipt_no: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverRefused(Event):
    """The archive did not take a batch; which packages are why."""

    name: ClassVar[str] = "archives.hand_over_refused"
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionProposed(Event):
    """Somebody proposed to destroy packages whose time is over."""

    name: ClassVar[str] = "archives.destruction_proposed"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionDeclined(Event):
    """The second person did not agree."""

    name: ClassVar[str] = "archives.destruction_declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDestroyed(Event):
    """A package is gone; its number and its digest stay."""

    name: ClassVar[str] = "archives.package_destroyed"
    case: str
    archive_no: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPublished(Event):
    """A new version of the retention table holds."""

    name: ClassVar[str] = "archives.retention_published"
    version: int
