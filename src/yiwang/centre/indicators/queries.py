"""Public figures and what is asked for most: sums over the daily counters."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Sum

from yiwang.centre.indicators import rules
from yiwang.centre.indicators.definitions import Figures, Metric
from yiwang.centre.indicators.models import DailyCount
from yiwang.kernel.places import significant_prefix

_DAYS: Final = 7


def share(part: int, whole: int) -> str | None:
    """“99.2” of a hundred, rounded down; None when there is nothing to share."""
    return rules.share(part, whole)


def get_figures(*, today: date, division_code: str = "", days: int = _DAYS) -> Figures:
    """The counts of the last ``days`` days, today included, for a division and all below it."""
    first = today - timedelta(days=days - 1)
    now = _sums(first, today, division_code)
    before = _sums(first - timedelta(days=days), first - timedelta(days=1), division_code)
    return Figures(
        first=first,
        last=today,
        received=now.get(Metric.RECEIVED, 0),
        decided=now.get(Metric.DECIDED, 0),
        in_time=now.get(Metric.IN_TIME, 0),
        by_rule=now.get(Metric.BY_RULE, 0),
        reviewed=now.get(Metric.REVIEWED, 0),
        satisfied=now.get(Metric.SATISFIED, 0),
        received_before=before.get(Metric.RECEIVED, 0),
    )


def list_most_used(
    *, today: date, division_code: str = "", days: int = 30, limit: int = 8
) -> tuple[tuple[str, int], ...]:
    """Item codes with how many applications they received, most first."""
    rows = DailyCount.objects.filter(
        metric=Metric.RECEIVED, on__gt=today - timedelta(days=days), on__lte=today
    )
    if division_code:
        rows = rows.filter(division_code__startswith=significant_prefix(division_code))
    summed = rows.values("item_code").annotate(total=Sum("value")).order_by("-total", "item_code")
    return tuple((row["item_code"], row["total"]) for row in summed[: min(limit, 200)])


def _sums(first: date, last: date, division_code: str) -> dict[str, int]:
    rows = DailyCount.objects.filter(on__gte=first, on__lte=last)
    if division_code:
        rows = rows.filter(division_code__startswith=significant_prefix(division_code))
    return dict(rows.values("metric").annotate(total=Sum("value")).values_list("metric", "total"))
