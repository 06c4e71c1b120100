"""The seal service is kept on offer."""

from __future__ import annotations

from datetime import datetime

from yiwang.mechanisms.jobs.registry import every
from yiwang.support.seals import actions


@every(minutes=60, name="seals.offer")
def offer(*, at: datetime, **_: object) -> None:
    """At the host: every member may ask for seals, those that joined before this was there, too."""
    actions.offer_sealing(at=at)
