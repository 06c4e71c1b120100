"""The lists behind the figures: masked rows; a way into the case only for who handles it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseRow
from yiwang.capability.cases.definitions.work import WorkFilter, WorkList
from yiwang.entrance.leader.screen import ROLES
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import CASE_STAFF, Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound
from yiwang.network.directory import queries as directory

_LISTS: Final = (
    (WorkList.OVERDUE, "超期"),
    (WorkList.SOON, "快到期"),
    (WorkList.DEPARTMENT, "在办"),
    (WorkList.APPLICANT, "等申请人"),
    (WorkList.OTHERS, "等别人"),
    (WorkList.STANDING, "停表"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One masked row; ``href`` only where the viewer handles cases himself."""

    case: CaseRow
    href: str


@require_GET
@access(OFFICIAL, roles=ROLES)
def show_rows(request: HttpRequest) -> HttpResponse:
    """Open cases of the bodies one oversees, narrowed by list, body and place."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = next((one for one, _ in _LISTS if one == request.GET.get("list")), WorkList.OVERDUE)
    department = _given(request, "department", r"[0-9A-Z]{18}")
    division = _given(request, "division", r"[0-9]{12}")
    narrowed = WorkFilter(wanted, division_code=division)
    after = request.GET.get("after", "")[:80]
    try:
        page = cases.list_overseen(
            actor, at=now(), filter=narrowed, department=department, after=after, limit=50
        )
    except NotFound:  # a mark from elsewhere: from the beginning
        page = cases.list_overseen(actor, at=now(), filter=narrowed, department=department)
    said = {"department": department, "division": division}
    query = urlencode({name: value for name, value in said.items() if value})
    context = {
        "rows": [Row(one, _way_in(one, actor)) for one in page.rows],
        "tabs": [(one.value, label, one is wanted) for one, label in _LISTS],
        "label": next(label for one, label in _LISTS if one is wanted),
        "of": _name(department, division),
        "query": query,
        "next": urlencode({"list": wanted, **said, "after": page.next}) if page.next else "",
    }
    return render(request, "leader/rows.html", context)


def _given(request: HttpRequest, name: str, pattern: str) -> str:
    value = request.GET.get(name, "")
    return value if re.fullmatch(pattern, value) else ""


def _way_in(row: CaseRow, actor: Actor) -> str:
    held = actor.roles_at(row.division_code, row.department)
    return f"/desk/cases/{row.key}/" if held & set(CASE_STAFF) else ""


def _name(department: str, division: str) -> str:
    if department:
        found = directory.find_departments([department]).get(department)
        return found.name if found else department
    if division:
        place = directory.find_division(division)
        return place.name if place else division
    return ""
