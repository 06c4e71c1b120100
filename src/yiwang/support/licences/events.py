"""Facts about licences that others may react to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceIssued(Event):
    """A licence came into being; ``case`` is what it was issued on."""

    name: ClassVar[str] = "licences.licence_issued"
    licence: str
    case: str
    holder: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceStateChanged(Event):
    """Suspended, resumed, revoked, cancelled or superseded."""

    name: ClassVar[str] = "licences.licence_state_changed"
    licence: str
    holder: str
    before: str
    after: str
