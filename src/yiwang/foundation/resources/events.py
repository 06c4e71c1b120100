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
