"""使用情况: what the using department recorded of effect, storage and destruction, for both sides; a file of it."""

from __future__ import annotations

import csv
import io
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import GRANTS
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.agreements import actions, queries
from yiwang.foundation.agreements.definitions import GRANT_ROLES
from yiwang.foundation.agreements.definitions.reports import ReportView
from yiwang.foundation.exchange import queries as exchange
from yiwang.kernel.moments import SHANGHAI, now

PAGE_SIZE: Final = 50
#: The acts that write a record.
ACTS: Final = ("report_effect", "report_storage", "declare_disposal", "require_disposal")
_COLUMNS: Final = {
    "at": "记录时间", "kind_label": "类别", "since": "从", "until": "到", "papers": "少交材料份数",
    "visits": "少跑次数", "place": "存在哪里", "held": "存量", "disposal_label": "处置",
    "day": "销毁日期", "basis": "留存依据", "words": "说明",
}  # fmt: skip


@require_GET
@access(OFFICIAL, roles=GRANT_ROLES)
def show_reports(request: HttpRequest, agreement_key: str) -> HttpResponse:
    """What was saved in all, what is still held, every record, newest first; what may be written now."""
    actor = actor_of(request)
    after = request.GET.get("after", "")[:20]
    view = queries.get_grant(agreement_key, actor, at=now())
    page = queries.list_reports(agreement_key, actor, after=after, limit=PAGE_SIZE)
    context = {
        "links": navigation.links(request),
        "one": view,
        "titles": exchange.titles_of([view.service]),
        "home": f"{GRANTS}{view.key}/",
        "acts": [(act.replace("_", "-"), label) for act, label in view.acts if act in ACTS],
        "saved": None if after else queries.count_savings(agreement_key, actor),
        "rows": page.rows,
        "next": f"?after={page.next}" if page.next else "",
        "first": "?" if after else "",
    }
    return render(request, "data/reports.html", context)


@require_POST
@access(OFFICIAL, roles=GRANT_ROLES)
def export_reports(request: HttpRequest, agreement_key: str) -> HttpResponse:
    """All of them as CSV (UTF-8 with its mark, for spreadsheets); who took it is noted."""
    rows = actions.export_reports(key=agreement_key, actor=actor_of(request), at=now())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS.values())
    for row in rows:
        writer.writerow([_cell(row, name) for name in _COLUMNS])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="usage-reports.csv"'
    return response


def _cell(row: ReportView, name: str) -> object:
    """Empty for nothing; a text that looks like a formula stays text in a spreadsheet."""
    if name == "at":
        return row.at.astimezone(SHANGHAI).isoformat(timespec="minutes")
    value = getattr(row, name)
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
