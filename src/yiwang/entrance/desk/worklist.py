"""The worklist: what waits for me, what waits for the applicant, what is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseFilter, CaseRow, CaseStatus, Page
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Role

#: Rows of the left pane: what fits a morning, and one database page.
PAGE_SIZE: Final = 40
#: Who works here.
DESK_ROLES: Final = (Role.APPROVER, Role.WINDOW_CLERK)
_TABS: Final = (
    (CaseStatus.WAITING_FOR_OFFICIAL, "等我办"),
    (CaseStatus.WAITING_FOR_APPLICANT, "等申请人"),
    (CaseStatus.DONE, "已办结"),
    (CaseStatus.ALL, "全部"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of the desk; ``here`` marks the one shown."""

    status: str
    label: str
    here: bool


@dataclass(frozen=True, slots=True)
class Worklist:
    """The left pane: tabs, rows, the links on and back, and the words above them."""

    tabs: tuple[Tab, ...]
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
    status = next((s for s, _label in _TABS if s == wanted), CaseStatus.WAITING_FOR_OFFICIAL)
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
        tabs=tuple(Tab(s, label, s == narrowed.status) for s, label in _TABS),
        label=next(label for s, label in _TABS if s == narrowed.status),
        rows=page.rows,
        next=page.next,
        narrowed=narrowed,
    )


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_worklist(request: HttpRequest) -> HttpResponse:
    """The list alone; on a wide screen the right side says how to begin."""
    return render(request, "desk/worklist.html", {"worklist": worklist_of(request)})
