"""A limit of a correction that is nearly over or over: into its history, for supervision to hear."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.foundation.resources.definitions.corrections import CorrectionState
from yiwang.foundation.resources.events import CorrectionLate, CorrectionNearlyDue
from yiwang.foundation.resources.models import DataCorrection
from yiwang.kernel.actor import machine
from yiwang.kernel.references import split
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def note_limit(*, correction: str, due_on: str, late: bool, at: datetime) -> bool:
    """``correction``: its reference; the limit is the source's. False: none waits under it."""
    row = DataCorrection.objects.filter(
        key=split(correction)[1], state=CorrectionState.ASKED
    ).first()
    if row is None:
        return False
    event = CorrectionLate if late else CorrectionNearlyDue
    fact = event(
        subject=row.reference,
        at=at,
        division_code=row.division_code,
        department=row.department,
        due_on=due_on,
    )
    journal.announce(fact, actor=machine("clock"))
    return True
