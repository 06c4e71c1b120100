"""数据标准: what a datum is called and written as everywhere, who has it and who needs it; code tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import CHECKERS, DATA_ROLES, KEEPERS
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions.standards import Standard, StandardKind, code_of
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.actor import Role

PAGE_SIZE: Final = 50


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_elements(request: HttpRequest) -> HttpResponse:
    """Data elements by code, found by a part of their code or name."""
    text = request.GET.get("q", "").strip()[:60]
    after = request.GET.get("after", "")[:60]
    page = standards.page_of_elements(text=text, after=after, limit=PAGE_SIZE)
    sources = resources.find_sources([one.code for one in page.rows])
    said = {"q": text} if text else {}
    context = {
        "links": navigation.links(request),
        "text": text,
        "may_propose": _may(request, KEEPERS),
        "rows": [(one, sources.get(one.code)) for one in page.rows],
        "next": f"?{urlencode({**said, 'after': page.next})}" if page.next else "",
        "first": f"?{urlencode(said)}" if after else "",
    }
    return render(request, "data/elements.html", context)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_element(request: HttpRequest, element_code: str) -> HttpResponse:
    """One data element: what it is, its source, who has a copy, which items need it."""
    element = standards.get_element(element_code[:60])
    after = request.GET.get("after", "")[:16]
    page = resources.list_holders(element.code, after=after, limit=PAGE_SIZE)
    context = {
        "links": navigation.links(request),
        "element": element,
        "table": standards.get_table(element.table) if element.table else None,
        "source": resources.find_source_of(element.code),
        "holders": page.rows,
        "needs": resources.list_needs_of(element.code),
        **_care(request, StandardKind.ELEMENT, element),
        "next": f"?after={page.next}" if page.next else "",
        "first": "?" if after else "",
    }
    return render(request, "data/element.html", context)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_code_tables(request: HttpRequest) -> HttpResponse:
    """Every code table with the standard it comes from."""
    context = {
        "links": navigation.links(request),
        "tables": standards.read_tables(),
        "may_propose": _may(request, KEEPERS),
    }
    return render(request, "data/code_tables.html", context)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_code_table(request: HttpRequest, code_table: str) -> HttpResponse:
    """One code table with its values, and the data elements written in it."""
    table = standards.get_table(code_table[:40])
    context = {
        "links": navigation.links(request),
        "table": table,
        "elements": standards.elements_in(table.name),
        **_care(request, StandardKind.TABLE, table),
    }
    return render(request, "data/code_table.html", context)


def _care(request: HttpRequest, kind: StandardKind, content: Standard) -> dict[str, object]:
    """Its versions, and what this official may do with one that was agreed on here."""
    own = content.local and not standards.is_shipped(code_of(content))
    return {
        "versions": resources.list_versions_of_standard(kind, code_of(content), actor_of(request)),
        "may_propose": own and _may(request, KEEPERS),
        "may_withdraw": own and not content.withdrawn and _may(request, CHECKERS),
    }


def _may(request: HttpRequest, roles: Collection[Role]) -> bool:
    return any(actor_of(request).has_role(role) for role in roles)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def code_table_csv(request: HttpRequest, code_table: str) -> HttpResponse:
    """The same as a file (UTF-8 with its mark, for spreadsheets)."""
    del request
    table = standards.get_table(code_table[:40])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("code", "label"))
    writer.writerows((one.code, one.label) for one in table.codes)
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    return response
