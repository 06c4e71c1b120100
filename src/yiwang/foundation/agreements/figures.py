"""共享成效: how each department answers, supplies and stays reachable, in the order of how well (R04, R07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Avg, Count, F, Q

from yiwang.foundation.agreements.definitions import OfficeFigures
from yiwang.foundation.agreements.models import DataGrant, DataRequest
from yiwang.foundation.exchange import queries as exchange

_MOST: Final = 500
_MOST_CALLERS: Final = 5000


def list_offices(*, since: datetime, until: datetime) -> tuple[OfficeFigures, ...]:
    """Every department that was asked in this time, who answers most in time and shares most first.

    From the requests themselves, and for what really goes through from the receipts of calls.
    """
    rows = DataRequest.objects.filter(received_at__gte=since, received_at__lt=until)
    counted = rows.values("provider").annotate(
        asked=Count("id"),
        answered=Count("id", filter=Q(answered_at__isnull=False)),
        shared=Count("id", filter=Q(agreed_at__isnull=False)),
        in_time=Count("id", filter=Q(answered_late=False)),
        off_list=Count("id", filter=Q(off_list=True, answered_at__isnull=False)),
        delivered=Count("id", filter=Q(delivered_at__isnull=False)),
        delivered_late=Count("id", filter=Q(delivered_late=True)),
        took=Avg(F("answered_at") - F("received_at")),
    )
    found = {row["provider"]: row for row in counted[:_MOST]}
    names = dict(rows.order_by("id").values_list("provider", "provider_name"))
    calls = _calls(found, since=since, until=until)
    figures = (
        OfficeFigures(
            department=uscc,
            name=names[uscc],
            asked=row["asked"],
            answered=row["answered"],
            shared=row["shared"],
            in_time=row["in_time"],
            off_list=row["off_list"],
            delivered=row["delivered"],
            delivered_late=row["delivered_late"],
            answer_days=_days(row["took"]),
            calls=calls[uscc][0],
            calls_answered=calls[uscc][1],
        )
        for uscc, row in found.items()
    )
    return tuple(sorted(figures, key=lambda one: (-one.in_time_share, -one.shared_share, one.name)))


def _days(took: timedelta | None) -> float | None:
    return None if took is None else round(took / timedelta(days=1), 1)


def _calls(
    departments: Iterable[str], *, since: datetime, until: datetime
) -> dict[str, tuple[int, int]]:
    """(calls, those that were not left without an answer) of each department's services, by the receipts."""
    whose = dict(
        DataGrant.objects.filter(provider__in=list(departments)).values_list("service", "provider")
    )
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    traffic = exchange.list_traffic(since=since, until=until, limit=_MOST_CALLERS) if whose else ()
    for one in traffic:
        if one.service in whose:
            calls, through = found[whose[one.service]]
            found[whose[one.service]] = (calls + one.calls, through + one.calls - one.away)
    return found
