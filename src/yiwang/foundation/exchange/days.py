"""服务日报: success, volume and speed per service and day, for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import Max, Sum

from yiwang.foundation.exchange.definitions import ServiceFigures
from yiwang.foundation.exchange.models import Service, ServiceDay

_MOST: Final = 5_000


def list_service_figures(*, since: date, until: date) -> tuple[ServiceFigures, ...]:
    """Each service in a stretch of days, both ends within it, the busiest first."""
    rows = (
        ServiceDay.objects.filter(day__range=(since, until))
        .values("service")
        .annotate(
            n=Sum("calls"),
            n_answered=Sum("answered"),
            n_refused=Sum("refused"),
            n_away=Sum("away"),
            n_rows=Sum("rows"),
            total=Sum("milliseconds"),
            longest=Max("slowest"),
        )
        .order_by("-n", "service")[:_MOST]
    )
    titles = titles_of([row["service"] for row in rows])
    return tuple(
        ServiceFigures(
            row["service"], titles.get(row["service"], ""), None, row["n"], row["n_answered"],
            row["n_refused"], row["n_away"], row["n_rows"], row["total"] // max(row["n"], 1),
            row["longest"],
        )
        for row in rows
    )  # fmt: skip


def list_service_days(*, since: date, until: date) -> tuple[ServiceFigures, ...]:
    """Each service on each day, the newest day first, at most 5,000 lines."""
    rows = ServiceDay.objects.filter(day__range=(since, until)).order_by("-day", "service")[:_MOST]
    titles = titles_of([row.service for row in rows])
    return tuple(
        ServiceFigures(
            row.service, titles.get(row.service, ""), row.day, row.calls, row.answered,
            row.refused, row.away, row.rows, row.milliseconds // max(row.calls, 1), row.slowest,
        )
        for row in rows
    )  # fmt: skip


def titles_of(codes: Iterable[str]) -> dict[str, str]:
    """What services of this node are called, by their codes; another node's are left out."""
    return dict(Service.objects.filter(code__in=set(codes)).values_list("code", "title"))
