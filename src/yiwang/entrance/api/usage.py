"""数据服务运行情况: how each service did, day by day, for everybody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from yiwang.entrance.shell.access import ANYONE, access
from yiwang.foundation.exchange import queries
from yiwang.kernel import moments

router = Router(tags=["数据交换"])


class ServiceDayOut(Schema):
    """One service on one day; nobody is named."""

    service: str
    title: str
    day: date
    calls: int
    answered: int
    refused: int
    away: int
    success: float
    rows: int
    mean_milliseconds: int
    slowest: int


class ServiceDaysOut(Schema):
    since: date
    until: date
    services: list[ServiceDayOut]


@router.get("/exchange/usage", response=ServiceDaysOut, summary="数据服务运行情况")
@access(ANYONE)
def usage(request: HttpRequest, days: Annotated[int, Query(ge=1, le=90)] = 30) -> object:
    """Success, volume and speed per service and day, the newest day first, at most 5,000 lines."""
    until = moments.legal_date(moments.now())
    since = until - timedelta(days=days - 1)
    lines = queries.list_service_days(since=since, until=until)
    return {"since": since, "until": until, "services": lines}
