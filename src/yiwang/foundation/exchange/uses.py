"""使用记录: the calls made under one grant, as receipts and in figures (政务数据共享条例 第二十九条)."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Max, Min, Q, Sum

from yiwang.foundation.exchange.definitions import Side, UseDay, UseFigures
from yiwang.foundation.exchange.models import Receipt, Use


def receipts_of_grant(grant: str, *, before: int, limit: int) -> list[Receipt]:
    """Calls under a grant, the newest first, ``before`` an id; a call both of whose sides are here once.

    The caller has seen to it that the grant may be seen.
    """
    rows = Receipt.objects.filter(grant_key=grant).filter(
        Q(side=Side.PROVIDER) | ~Q(to_node=settings.NODE)
    )
    rows = rows.filter(id__lt=before) if before else rows
    return list(rows.order_by("-id")[:limit])


def count_uses(grant: str) -> UseFigures:
    """All uses of a grant, as far as their blocks are closed: seconds later than they happened."""
    found = Use.objects.filter(grant_key=grant).aggregate(
        calls=Sum("calls", default=0),
        answered=Sum("answered", default=0),
        refused=Sum("refused", default=0),
        away=Sum("away", default=0),
        rows=Sum("rows", default=0),
        since=Min("day"),
        until=Max("day"),
    )
    return UseFigures(**found)


def list_use_days(grant: str, *, limit: int = 31) -> tuple[UseDay, ...]:
    """The last days on which a grant was used, newest first."""
    rows = Use.objects.filter(grant_key=grant).order_by("-day")[:limit]
    return tuple(
        UseDay(row.day, row.calls, row.answered, row.refused, row.away, row.rows) for row in rows
    )
