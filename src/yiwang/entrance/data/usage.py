"""数据服务运行情况: how each service did, day by day, as open data: a page, CSV, JSON. Nobody is named."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.entrance.shell.access import ANYONE, access
from yiwang.foundation.exchange import queries
from yiwang.foundation.exchange.definitions import ServiceFigures
from yiwang.kernel.moments import legal_date, now

_SPANS: Final = (("7", "近七天"), ("30", "近三十天"), ("90", "近三个月"))
_COLUMNS: Final = (
    "day", "service", "title", "calls", "answered", "refused", "away", "success", "rows",
    "mean_milliseconds", "slowest",
)  # fmt: skip


@access(ANYONE)
@require_safe
def show_usage(request: HttpRequest) -> HttpResponse:
    """Each service in the last days, the busiest first, and where the whole is as a file."""
    days, since, until = _span(request)
    context = {
        "tabs": [(value, label, value == days) for value, label in _SPANS],
        "label": dict(_SPANS)[days],
        "days": days,
        "since": since,
        "until": until,
        "rows": queries.list_service_figures(since=since, until=until),
    }
    return render(request, "data/open/usage.html", context)


@access(ANYONE)
@require_safe
def usage_csv(request: HttpRequest) -> HttpResponse:
    """Each service on each day, as CSV (UTF-8 with its mark, for spreadsheets)."""
    _days, since, until = _span(request)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for one in queries.list_service_days(since=since, until=until):
        writer.writerow([_cell(value) for value in _line(one).values()])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="exchange-usage.csv"'
    return response


@access(ANYONE)
@require_safe
def usage_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON."""
    _days, since, until = _span(request)
    lines = [_line(one) for one in queries.list_service_days(since=since, until=until)]
    found = {"since": since.isoformat(), "until": until.isoformat(), "services": lines}
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})


def _span(request: HttpRequest) -> tuple[str, date, date]:
    wanted = request.GET.get("days", "")
    days = wanted if wanted in dict(_SPANS) else "30"
    until = legal_date(now())
    return days, until - timedelta(days=int(days) - 1), until


def _line(one: ServiceFigures) -> dict[str, object]:
    said = {name: getattr(one, name) for name in _COLUMNS}
    return {**said, "day": one.day.isoformat() if one.day else ""}


def _cell(value: object) -> object:
    """A title that looks like a formula stays text in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
