"""What is taken here, how far it is, and what differs."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q

from yiwang.foundation.exchange import parts
from yiwang.foundation.exchange.definitions import SheetView
from yiwang.foundation.tables.definitions import (
    CopyState,
    CopyView,
    Difference,
    FindingView,
    Phase,
)
from yiwang.foundation.tables.models import CopySet, TableCopy, TableFinding
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound


def list_copies(actor: Actor, *, after: str = "", limit: int = 100) -> tuple[CopyView, ...]:
    """Tables this actor may see, newest first; the next page begins ``after`` the last one's key."""
    seen = TableCopy.objects.visible_to(actor)
    if after:
        last = seen.filter(key=after).values("pk")
        seen = seen.filter(pk__lt=last)
    return _views(_counted(seen).order_by("-id")[: min(limit, 200)])


def get_copy(key: str, actor: Actor) -> CopyView:
    """One of them; NotFound."""
    found = _views(_counted(TableCopy.objects.visible_to(actor).filter(key=key)))
    if not found:
        raise NotFound
    return found[0]


def list_findings(key: str, actor: Actor, *, limit: int = 100) -> tuple[FindingView, ...]:
    """What its comparisons found, newest first; NotFound."""
    row = _row(key, actor)
    return tuple(_finding(one) for one in row.findings.order_by("-id")[:limit])


def get_finding(key: str, actor: Actor) -> tuple[str, FindingView]:
    """One difference, behind the key of its table; NotFound."""
    found = TableFinding.objects.select_related("copy").filter(
        key=key, copy__in=TableCopy.objects.visible_to(actor)
    )
    if (one := found.first()) is None:
        raise NotFound
    return one.copy.key, _finding(one)


def list_sheets(key: str, actor: Actor, *, limit: int = 50) -> tuple[SheetView, ...]:
    """Its days as both sides counted and signed them, newest first; NotFound."""
    row = _row(key, actor)
    return parts.list_taken(service=row.service, grant=row.grant_key, limit=limit)


def _row(key: str, actor: Actor) -> TableCopy:
    row = TableCopy.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def _counted(rows: CopySet) -> CopySet:
    return rows.annotate(open_findings=Count("findings", filter=Q(findings__closed_at=None)))


def _finding(one: TableFinding) -> FindingView:
    return FindingView(one.key, Difference(one.kind), one.rows, one.found_at, one.closed_at)


def _views(found: Iterable[TableCopy]) -> tuple[CopyView, ...]:
    rows = list(found)
    sheets = parts.find_newest({(row.service, row.grant_key) for row in rows if row.grant_key})
    return tuple(_view(row, sheets.get((row.service, row.grant_key))) for row in rows)


def _view(row: TableCopy, sheet: SheetView | None) -> CopyView:
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
        sheet_day=sheet.day if sheet else None,
        sheet_equal=sheet.equal if sheet else None,
        version=row.version,
        department=row.department,
        made_at=row.made_at,
    )
