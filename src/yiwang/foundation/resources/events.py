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
class ConsentAsked(ResourceEvent):
    """An entry is before the head of its body (条例 13)."""

    name: ClassVar[str] = "resources.consent_asked"
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDeclined(ResourceEvent):
    """The head wants it changed first."""

    name: ClassVar[str] = "resources.consent_declined"
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisChanged(ResourceEvent):
    """The article for which a resource is not shared says something else, or is gone: ``doubt``."""

    name: ClassVar[str] = "resources.basis_changed"
    law: str
    article: str
    doubt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent(Event):
    """What each fact about a change of the catalogue carries (条例 17)."""

    department: str
    division_code: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeNoted(ChangeEvent):
    """A law or the duties of a body changed: its catalogue has to follow."""

    name: ClassVar[str] = "resources.change_noted"
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLongerAsked(ChangeEvent):
    """The body asks the authority for five working days more."""

    name: ClassVar[str] = "resources.change_longer_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLongerAnswered(ChangeEvent):
    """The authority consented, or did not."""

    name: ClassVar[str] = "resources.change_longer_answered"
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDone(ChangeEvent):
    """The catalogue was changed and handed in."""

    name: ClassVar[str] = "resources.change_done"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeNearlyDue(ChangeEvent):
    """The catalogue has to follow within days."""

    name: ClassVar[str] = "resources.change_nearly_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLate(ChangeEvent):
    """The catalogue did not follow in time."""

    name: ClassVar[str] = "resources.change_late"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardEvent(Event):
    """What each fact about a data element or a code table on its way carries; ``department`` "": the
    authority itself proposed it."""

    kind: str
    code: str
    department: str
    division_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardSubmitted(StandardEvent):
    """Somebody proposed it, and the authority is to check it."""

    name: ClassVar[str] = "resources.standard_submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardSentBack(StandardEvent):
    """The authority wants it changed first."""

    name: ClassVar[str] = "resources.standard_sent_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardPublished(StandardEvent):
    """It is in force; ``narrowed``: it takes something away from bodies that hold it."""

    name: ClassVar[str] = "resources.standard_published"
    number: int
    narrowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardWithdrawn(StandardEvent):
    """Nothing new may hold it."""

    name: ClassVar[str] = "resources.standard_withdrawn"
