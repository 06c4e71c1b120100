"""What is taken here, how far it is, and what differs."""

from __future__ import annotations

from django.db.models import Count, Q

from yiwang.foundation.exchange import parts
from yiwang.foundation.exchange.definitions import Side
from yiwang.foundation.tables.definitions import (
    CopyState,
    CopyView,
    Difference,
    FindingView,
    Phase,
)
from yiwang.foundation.tables.models import TableCopy
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound


def list_copies(actor: Actor, *, limit: int = 100) -> tuple[CopyView, ...]:
    """Tables this actor may see, newest first."""
    rows = TableCopy.objects.visible_to(actor).annotate(
        open_findings=Count("findings", filter=Q(findings__closed_at=None))
    )
    return tuple(_view(row) for row in rows.order_by("-id")[:limit])


def get_copy(key: str, actor: Actor) -> CopyView:
    """One of them; NotFound."""
    row = (
        TableCopy.objects.visible_to(actor)
        .annotate(open_findings=Count("findings", filter=Q(findings__closed_at=None)))
        .filter(key=key)
        .first()
    )
    if row is None:
        raise NotFound
    return _view(row)


def list_findings(key: str, actor: Actor, *, limit: int = 100) -> tuple[FindingView, ...]:
    """What its comparisons found, newest first; NotFound."""
    row = TableCopy.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return tuple(
        FindingView(one.key, Difference(one.kind), one.rows, one.found_at, one.closed_at)
        for one in row.findings.order_by("-id")[:limit]
    )


def _view(row: TableCopy) -> CopyView:
    sheets = parts.list_sheets(service=row.service, side=Side.CONSUMER, limit=1)
    return CopyView(
        key=row.key,
        service=row.service,
        place=row.place,
        purpose=row.purpose,
        state=CopyState(row.state),
        phase=Phase(row.phase),
        number=row.number,
        total=row.total,
        last_at=row.last_at,
        reached=row.reached,
        problem=row.problem,
        problem_at=row.problem_at,
        open_findings=getattr(row, "open_findings", 0),
        sheet_day=sheets[0].day if sheets else None,
        sheet_equal=sheets[0].equal if sheets else None,
        version=row.version,
    )
