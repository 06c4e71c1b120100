"""使用情况记录: what the using department wrote down, for both departments and who watches (条例 29)."""

from __future__ import annotations

from django.db.models import Count, Sum

from yiwang.foundation.agreements.definitions.reports import (
    DISPOSAL_LABELS,
    REPORT_LABELS,
    ReportKind,
    ReportView,
    Savings,
)
from yiwang.foundation.agreements.models import DataGrant, UsageReport
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import NotFound


def list_reports(key: str, actor: Actor, *, after: str = "", limit: int = 50) -> Page[ReportView]:
    """The records of a grant one may see, the newest first. ``NotFound``."""
    rows = UsageReport.objects.filter(grant=_visible(key, actor))
    if after:
        rows = rows.filter(id__lt=UsageReport.objects.filter(key=after).values("id")[:1])
    shown, following = cut(rows.order_by("-id")[: bounded(limit) + 1], limit)
    return Page(tuple(report_view(row) for row in shown), following)


def count_savings(key: str, actor: Actor) -> Savings:
    """Papers and visits saved under a grant, as reported. ``NotFound``."""
    rows = UsageReport.objects.filter(grant=_visible(key, actor), kind=ReportKind.EFFECT)
    found = rows.aggregate(reports=Count("id"), papers=Sum("papers"), visits=Sum("visits"))
    return Savings(found["reports"], found["papers"] or 0, found["visits"] or 0)


def report_view(row: UsageReport) -> ReportView:
    """A row whose grant may be seen."""
    return ReportView(
        key=row.key,
        at=row.at,
        kind=row.kind,
        kind_label=REPORT_LABELS[row.kind],
        words=row.words,
        since=row.since,
        until=row.until,
        papers=row.papers,
        visits=row.visits,
        held=row.held,
        place=row.place,
        disposal=row.disposal,
        disposal_label=DISPOSAL_LABELS.get(row.disposal, ""),
        day=row.day,
        basis=row.basis,
    )


def _visible(key: str, actor: Actor) -> DataGrant:
    row = DataGrant.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return row
