"""What the ledger announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAlarmRaised(Event):
    """Something in a ledger, ours or another node's, does not fit; the evidence is kept."""

    name: ClassVar[str] = "ledger.alarm_raised"
    ledger: str
    kind: str
    digest: str
