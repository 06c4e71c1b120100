"""Public figures and what is asked for most: sums over the daily counters."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from typing import Final

from django.db.models import Sum

from yiwang.capability.catalogue import queries as catalogue
from yiwang.centre.indicators import rules
from yiwang.centre.indicators.definitions import (
    BodyFigures,
    DayFigures,
    Figures,
    Grouping,
    Metric,
    Overview,
    Spared,
    SparedRow,
)
from yiwang.centre.indicators.models import BodyDay, BodyStock, DailyCount, OverseenSet, SparedDay
from yiwang.kernel.actor import Actor
from yiwang.kernel.places import significant_prefix

_DAYS: Final = 7
_COLUMNS: Final = frozenset(one.name for one in fields(BodyFigures)) - {"key"}


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


def get_overview(
    actor: Actor, *, today: date, grouping: Grouping = Grouping.DEPARTMENT, days: int = 30
) -> Overview:
    """A leader's first screen of the bodies he oversees; six statements over narrow counts."""
    days_rows = BodyDay.objects.visible_to(actor)
    stock = BodyStock.objects.visible_to(actor)
    first = today - timedelta(days=days - 1)
    before = first - timedelta(days=days)
    within = days_rows.filter(on__gte=first, on__lte=today)
    return Overview(
        today=_of_days(days_rows.filter(on=today)),
        week_ago=_of_days(days_rows.filter(on=today - timedelta(days=7))),
        now=_joined(_grouped(within, None), _grouped(stock, None))[0],
        before=_of_days(days_rows.filter(on__gte=before, on__lt=first)),
        days=days,
        rows=_joined(_grouped(within, grouping), _grouped(stock, grouping)),
        trend=tuple(
            DayFigures(row["on"], row["received"], row["decided"])
            for row in within.values("on")
            .order_by("on")
            .annotate(received=Sum("received"), decided=Sum("decided"))
        ),
    )


def get_spared(
    *,
    today: date,
    division_code: str = "",
    days: int = 30,
    language: str = "zh-hans",
    limit: int = 50,
) -> Spared:
    """Papers nobody was asked for and visits saved in the last days, for a division and all below it."""
    first = today - timedelta(days=days - 1)
    rows = SparedDay.objects.filter(on__gte=first, on__lte=today)
    if division_code:
        rows = rows.filter(division_code__startswith=significant_prefix(division_code))
    whole = rows.aggregate(papers=Sum("papers"), visits=Sum("visits"))
    summed = (
        rows.values("item_code", "source")
        .annotate(papers=Sum("papers"), visits=Sum("visits"))
        .order_by("-papers", "item_code", "source")[:limit]
    )
    found = list(summed)
    names = {code: _item_name(code, language) for code in {row["item_code"] for row in found}}
    return Spared(
        first=first,
        last=today,
        papers=whole["papers"] or 0,
        visits=whole["visits"] or 0,
        rows=tuple(SparedRow(item_name=names[row["item_code"]], **row) for row in found),
    )


def _item_name(code: str, language: str) -> str:
    found = catalogue.find_item(code, language=language)
    return found.item.name if found else code


def _of_days(rows: OverseenSet) -> BodyFigures:
    return _joined(_grouped(rows, None), {})[0]


def _grouped(rows: OverseenSet, grouping: Grouping | None) -> dict[str, dict[str, int]]:
    """The sums of every column of figures, by body, by place, or of all of them (key "")."""
    names = [one.name for one in rows.model._meta.fields if one.name in _COLUMNS]
    sums = {f"sum_{name}": Sum(name) for name in names}
    if grouping is None:
        found = [("", rows.aggregate(**sums))]
    else:
        values = rows.values(grouping.value).annotate(**sums).order_by(grouping.value)
        found = [(row[grouping.value], row) for row in values]
    return {key: {name: row[f"sum_{name}"] or 0 for name in names} for key, row in found}


def _joined(
    days: dict[str, dict[str, int]], stock: dict[str, dict[str, int]]
) -> tuple[BodyFigures, ...]:
    """What was done and what is at hand side by side; what is latest first."""
    rows = [
        BodyFigures(key, **{**days.get(key, {}), **stock.get(key, {})})
        for key in sorted({*days, *stock})
    ]
    return tuple(sorted(rows, key=lambda row: (-row.late, -row.soon, -row.open, row.key)))


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
