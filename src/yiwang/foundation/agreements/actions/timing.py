"""A limit of a request or a grant that is nearly over or over: into its history, for supervision to hear."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.foundation.agreements.definitions.reports import (
    DISPOSAL,
)
from yiwang.foundation.agreements.events import AgreementLate, AgreementNearlyDue
from yiwang.foundation.agreements.models import DataGrant, DataRequest
from yiwang.kernel.actor import machine
from yiwang.kernel.references import split
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def note_limit(*, subject: str, kind: str, due_on: str, late: bool, at: datetime) -> bool:
    """``subject``: a request, whose limit is the provider's, or a grant, where it is the using side's.

    False: there is none such.
    """
    model = DataGrant if kind == DISPOSAL else DataRequest
    row = model.objects.select_for_update(of=("self",)).filter(key=split(subject)[1]).first()
    if row is None:
        return False
    side = "consumer" if kind == DISPOSAL else "provider"
    event = AgreementLate if late else AgreementNearlyDue
    fact = event(
        subject=row.reference,
        at=at,
        matter=f"data-{kind}",
        division_code=getattr(row, f"{side}_division"),
        department=getattr(row, side),
        due_on=due_on,
    )
    journal.announce(fact, actor=machine("clock"))
    return True
