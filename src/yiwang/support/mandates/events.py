"""Facts about mandates; they carry references only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateEvent(Event):
    """What each of them carries."""

    kind: str
    giver: str
    taker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateProposed(MandateEvent):
    """One of the two asked the other."""

    name: ClassVar[str] = "mandates.proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateTookEffect(MandateEvent):
    """Both agreed, or the person is present at the window."""

    name: ClassVar[str] = "mandates.took_effect"
    consent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRevoked(MandateEvent):
    """Taken back, given up, declined or closed at the window."""

    name: ClassVar[str] = "mandates.revoked"
    by: str
