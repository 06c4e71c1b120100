"""At the host: the seal service and a grant of it for every member."""

from __future__ import annotations

from datetime import datetime

from yiwang.foundation.agreements import actions as agreements
from yiwang.kernel.actor import machine
from yiwang.support.seals.definitions import SEALING


def offer_sealing(*, at: datetime) -> int:
    """Every member may ask; whose seal it may use the permits say. How many grants are new; safe to repeat."""
    return agreements.provide_to_members(service=SEALING, actor=machine("seals"), at=at)
