"""延续: silence that renews (行政许可法 50)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.journey import earlier, results
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.support.licences.definitions import LicenceState

_ROUND: Final = 200


def renew_by_silence(*, at: datetime, actor: Actor) -> int:
    """Renew every case whose old term ended without a decision; returns how many. One at a time."""
    renewed = 0
    for key in case_queries.list_silent(at=at, limit=_ROUND):
        with transaction.atomic():
            renewed += _renew(key, at=at, actor=actor)
    return renewed


def _renew(key: str, *, at: datetime, actor: Actor) -> bool:
    """The decision record, the new term, its letter; False when somebody was faster or it waits."""
    inside = case_queries.get_inside(key, lock=True)
    if not case_queries.is_renewed_by_silence(key, at=at):
        return False
    try:
        held = earlier.living(inside, at)
    except earlier.EarlierGone:
        cases.end_silence(case_key=key, actor=actor, at=at)  # revoked or cancelled meanwhile
        return False
    if held.state == LicenceState.SUSPENDED:
        return False  # waits: the law's yes comes when it may be used again
    cases.deem_renewed(case_key=key, actor=actor, at=at)
    clocks.stop_all(subject=inside.reference, at=at, actor=actor)
    results.finish(case_key=key, about=inside.applicant, ruling=None, actor=actor, at=at)
    return True
