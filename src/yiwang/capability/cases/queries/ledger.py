"""Cases as the daily reconciliation reads them: references, states and moments, nothing personal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from yiwang.capability.cases import rules
from yiwang.capability.cases.models import Case


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One case without its content."""

    key: str
    reference: str
    state: str
    version: int
    outcome: str
    draft_key: str
    result_kind: str
    result_reference: str
    received_at: datetime
    decided_at: datetime | None
    ended: bool


def iterate_ledger(*, since: datetime, until: datetime) -> Iterator[LedgerRow]:
    """Cases still open, and those received from ``since``; none younger than ``until``."""
    wanted = Q(received_at__gte=since) | ~Q(state__in=rules.DONE)
    rows = Case.objects.filter(wanted, received_at__lt=until).order_by("id")
    for row in rows.defer("content", "decision", "notice", "extension").iterator(chunk_size=500):
        yield LedgerRow(
            key=row.key,
            reference=row.reference,
            state=row.state,
            version=row.version,
            outcome=row.outcome,
            draft_key=row.draft_key,
            result_kind=row.result_kind,
            result_reference=row.result_reference,
            received_at=row.received_at,
            decided_at=row.decided_at,
            ended=row.state in rules.DONE,
        )


def list_known(keys: list[str]) -> frozenset[str]:
    """Which of these keys are cases."""
    return frozenset(Case.objects.filter(key__in=keys).values_list("key", flat=True))
