"""Facts of the catalogue of resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceEvent(Event):
    """What each of them carries."""

    resource: str  # key
    code: str
    provider: str
    division_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSubmitted(ResourceEvent):
    """The body handed a version in to be checked; ``check_by``: the authority's last day."""

    name: ClassVar[str] = "resources.resource_submitted"
    version: str
    check_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePublished(ResourceEvent):
    """A version is in force; ``sharing``: how it is shared from now on."""

    name: ClassVar[str] = "resources.resource_published"
    number: int
    sharing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSentBack(ResourceEvent):
    """The authority gave a version back to be mended."""

    name: ClassVar[str] = "resources.resource_sent_back"
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceWithdrawn(ResourceEvent):
    """The resource is no longer in the catalogue."""

    name: ClassVar[str] = "resources.resource_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEvent(Event):
    """What each fact about a correction carries: whom it is about, which datum, whose source."""

    applicant: str
    element: str
    resource: str  # key of the source
    department: str
    division_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionAsked(CorrectionEvent):
    """Somebody says that a datum is wrong; ``answer_by``: the source's last day."""

    name: ClassVar[str] = "resources.correction_asked"
    answer_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionMade(CorrectionEvent):
    """The source corrected it; ``copies`` have to follow."""

    name: ClassVar[str] = "resources.correction_made"
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDeclined(CorrectionEvent):
    """The source found the datum right, with reasons."""

    name: ClassVar[str] = "resources.correction_declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLimit(Event):
    """The source's limit for one correction: whose it is, on which day it is due."""

    division_code: str
    department: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionNearlyDue(CorrectionLimit):
    """The source has nearly no time left to verify a datum."""

    name: ClassVar[str] = "resources.correction_nearly_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLate(CorrectionLimit):
    """The source did not verify a datum in time."""

    name: ClassVar[str] = "resources.correction_late"
