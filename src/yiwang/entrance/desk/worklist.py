"""The worklist: what waits for me, what waits for the applicant, what is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseFilter, CaseRow, CaseStatus
from yiwang.entrance.desk.navigation import DESK_ROLES, LISTS, Link, links
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.pages import Page

#: Rows of the left pane: what fits a morning, and one database page.
PAGE_SIZE: Final = 40


@dataclass(frozen=True, slots=True)
class Worklist:
    """The left pane: rows, the links on and back, and the words above them."""

    links: tuple[Link, ...]
    label: str
    rows: tuple[CaseRow, ...]
    next: str
    narrowed: CaseFilter

    @property
    def title(self) -> str:
        """“等我办 12 件”; a full page says “40 件以上”, because counting a growing table is slow."""
        return f"{self.label} {len(self.rows)} 件{'以上' if self.next else ''}"

    @property
    def query(self) -> str:
        """The list's own query string, so that a case keeps it."""
        return f"list={self.narrowed.status}"


def worklist_of(request: HttpRequest) -> Worklist:
    """The list a request names by ``list``, ``no`` (a case number) and ``after``; unknown words mean 等我办."""
    wanted = request.GET.get("list", "")
    status = next((s for s, _label in LISTS if s == wanted), CaseStatus.WAITING_FOR_OFFICIAL)
    number = request.GET.get("no", "").replace(" ", "")[:50]
    narrowed = CaseFilter(status=status, case_no=number)
    if number:
        narrowed = replace(narrowed, status=CaseStatus.ALL)
    page: Page[CaseRow] = case_queries.list_cases(
        request.actor,  # type: ignore[attr-defined]
        filter=narrowed,
        after=request.GET.get("after", "")[:80],
        limit=PAGE_SIZE,
    )
    return Worklist(
        links=links(request, status=narrowed.status),
        label=next(label for s, label in LISTS if s == narrowed.status),
        rows=page.rows,
        next=page.next,
        narrowed=narrowed,
    )


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_worklist(request: HttpRequest) -> HttpResponse:
    """The list alone; on a wide screen the right side says how to begin."""
    shown = worklist_of(request)
    return render(request, "desk/worklist.html", {"worklist": shown, "links": shown.links})
