"""What the calls under a grant look like to both departments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.foundation.exchange.definitions import UseDay, UseFigures


@dataclass(frozen=True, slots=True)
class GrantUse:
    """One call under a grant, without whom it was about. ``key``: the receipt's number."""

    key: str
    at: datetime
    message: str
    system: str
    purpose: str
    item: str
    case_no: str
    fields: tuple[str, ...]  # in words
    rows: int
    status: str
    status_label: str
    refusal: str
    refusal_label: str  # the sentence of the refusal
    milliseconds: int


@dataclass(frozen=True, slots=True)
class GrantUses:
    """How often a grant was used: in all, and on its last days of use."""

    total: UseFigures
    days: tuple[UseDay, ...]
