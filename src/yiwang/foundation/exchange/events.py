"""Facts of the exchange's own books. A single call is a receipt, never an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePublished(Event):
    """A service may be asked for, with what its first or next version says."""

    name: ClassVar[str] = "exchange.service_published"
    code: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStopped(Event):
    """技术停用: the service answers nobody until it is resumed."""

    name: ClassVar[str] = "exchange.service_stopped"
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceResumed(Event):
    """The service answers again."""

    name: ClassVar[str] = "exchange.service_resumed"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLaid(Event):
    """线路: a service answers one of our sources from now on."""

    name: ClassVar[str] = "exchange.route_laid"
    provider: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteEnded(Event):
    """The source is answered here again."""

    name: ClassVar[str] = "exchange.route_ended"
    provider: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptsArchived(Event):
    """回执归档: receipts older than they must be kept went into a file; ``digest``: the file's."""

    name: ClassVar[str] = "exchange.receipts_archived"
    first_block: int
    last_block: int
    count: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent(Event):
    """What each fact about an odd hour carries."""

    system: str
    service: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(AlertEvent):
    """调用异常: an hour of a system and a service was not as usual."""

    name: ClassVar[str] = "exchange.alert_raised"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAnswered(AlertEvent):
    """Somebody looked and said what it was."""

    name: ClassVar[str] = "exchange.alert_answered"
