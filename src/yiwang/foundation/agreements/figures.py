"""共享成效: how each department answers, supplies and stays reachable, in the order of how well (R04, R07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Avg, Count, F, Max, Q

from yiwang.foundation.agreements.definitions import OfficeFigures
from yiwang.foundation.agreements.models import DataRequest
from yiwang.foundation.exchange import queries as exchange
from yiwang.kernel.moments import legal_date

_MOST: Final = 500
#: Whose a service is, by any one of its grants; a service has one provider.
_WHOSE: Final = """
SELECT code, (SELECT provider FROM agreements_grant WHERE service = code LIMIT 1)
  FROM unnest(%s::text[]) AS code
"""


def list_offices(*, since: datetime, until: datetime) -> tuple[OfficeFigures, ...]:
    """Every department that was asked in this time, who answers most in time and shares most first.

    From the requests themselves, and for what really goes through from the receipts of calls.
    """
    rows = DataRequest.objects.filter(received_at__gte=since, received_at__lt=until)
    counted = rows.values("provider").annotate(
        asked=Count("*"),
        answered=Count("received_at", filter=Q(answered_at__isnull=False)),
        shared=Count("received_at", filter=Q(agreed_at__isnull=False)),
        in_time=Count("received_at", filter=Q(answered_late=False)),
        off_list=Count("received_at", filter=Q(off_list=True, answered_at__isnull=False)),
        delivered=Count("received_at", filter=Q(delivered_at__isnull=False)),
        delivered_late=Count("received_at", filter=Q(delivered_late=True)),
        took=Avg(F("answered_at") - F("received_at")),
        name=Max("provider_name"),
    )
    most = counted.order_by("-asked", "provider")[:_MOST]
    found = {row["provider"]: row for row in most}
    calls = _calls(found, since=since, until=until)
    figures = (
        OfficeFigures(
            department=uscc,
            name=row["name"],
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
    departments: Collection[str], *, since: datetime, until: datetime
) -> dict[str, tuple[int, int]]:
    """(calls, those that were not left without an answer) of each department's services, by whole days."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    services = exchange.list_service_figures(since=legal_date(since), until=legal_date(until))
    with connection.cursor() as cursor:
        cursor.execute(_WHOSE, [[one.service for one in services]])
        whose = dict(cursor.fetchall())
    for one in services:
        if whose[one.service] in departments:
            calls, through = found[whose[one.service]]
            found[whose[one.service]] = (calls + one.calls, through + one.calls - one.away)
    return found
