"""Facts about entitlements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementGranted(Event):
    """A benefit was granted; ``starts_on`` as ISO text."""

    name: ClassVar[str] = "entitlements.entitlement_granted"
    case: str
    person: str
    benefit: str
    starts_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementStopAnnounced(Event):
    """The person was told in writing that payments are to end; until ``object_by`` they may object."""

    name: ClassVar[str] = "entitlements.entitlement_stop_announced"
    case: str
    person: str
    reason: str
    stops_on: str
    object_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementStopped(Event):
    """Payments end with ``stops_on`` (first month without); ``owed_back_fen`` was paid too much."""

    name: ClassVar[str] = "entitlements.entitlement_stopped"
    person: str
    reason: str
    stops_on: str
    owed_back_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthClosed(Event):
    """The monthly list of a benefit is fixed."""

    name: ClassVar[str] = "entitlements.month_closed"
    benefit: str
    month: str
    count: int
    total_fen: int
