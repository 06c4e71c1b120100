"""A limit of a request that is nearly over or over: into its history, for supervision to hear."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.foundation.agreements.events import AgreementLate, AgreementNearlyDue
from yiwang.foundation.agreements.models import DataRequest
from yiwang.kernel.actor import machine
from yiwang.kernel.references import split
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def note_limit(*, request: str, kind: str, due_on: str, late: bool, at: datetime) -> bool:
    """``request``: its reference; the limit is the provider's. False: there is no such request."""
    row = DataRequest.objects.select_for_update().filter(key=split(request)[1]).first()
    if row is None:
        return False
    event = AgreementLate if late else AgreementNearlyDue
    fact = event(
        subject=row.reference,
        at=at,
        matter=f"data-{kind}",
        division_code=row.provider_division,
        department=row.provider,
        due_on=due_on,
    )
    journal.announce(fact, actor=machine("clock"))
    return True
