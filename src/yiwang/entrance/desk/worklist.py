"""The worklists: mine, the body's, late, nearly late, waiting; done and all; each can be narrowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseFilter, CaseRow, CaseStatus
from yiwang.capability.cases.definitions.work import Order, WorkFilter
from yiwang.entrance.desk import lists
from yiwang.entrance.desk.navigation import DESK_ROLES, Bar, bar_of, shown
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now
from yiwang.kernel.pages import Page
from yiwang.kernel.refusals import NotFound

#: Rows of the left pane: what fits a morning, and one database page.
PAGE_SIZE: Final = 40


@dataclass(frozen=True, slots=True)
class SavedLink:
    """A kept filter as a link."""

    href: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class Worklist:
    """The left pane: rows, the way on, the words above them, the filters kept."""

    bar: Bar
    label: str
    count: str
    rows: tuple[CaseRow, ...]
    next: str
    query: str
    number: str
    saved: tuple[SavedLink, ...]
    wanted: WorkFilter | None  # None: a list over all cases
    phrases: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """“我的 12 件”; beyond a thousand “999+”: a growing table is not counted."""
        return f"{self.label} {self.count} 件"

    @property
    def by_receipt(self) -> bool:
        return self.wanted is not None and self.wanted.order is Order.RECEIVED

    @property
    def other_order(self) -> str:
        return lists.other_order(self.wanted) if self.wanted else ""

    @property
    def narrows(self) -> bool:
        return self.wanted is not None and self.wanted.narrows

    def around(self, key: str) -> tuple[str, str]:
        """The cases before and behind one in the list; "" at its ends."""
        keys = [row.key for row in self.rows]
        if key not in keys:
            return "", keys[0] if keys else ""
        place = keys.index(key)
        before = keys[place - 1] if place else ""
        return before, keys[place + 1] if place + 1 < len(keys) else ""


def worklist_of(request: HttpRequest) -> Worklist:
    """The list a request names; its counts are kept or bounded, never of a whole table."""
    status = lists.status_of(request)
    return _whole(request, status) if status else _open(request)


def _open(request: HttpRequest) -> Worklist:
    actor, at = request.actor, now()  # type: ignore[attr-defined]
    wanted = lists.filter_of(request)
    after = request.GET.get("after", "")[:80]
    try:
        page = case_queries.list_work(actor, at=at, filter=wanted, after=after, limit=PAGE_SIZE)
    except NotFound:  # a mark from elsewhere: the list from its beginning
        page = case_queries.list_work(actor, at=at, filter=wanted, limit=PAGE_SIZE)
    kept = case_queries.get_kept(actor)
    saved = kept.filters
    named = next((one for one in saved if one.filter == wanted and wanted.narrows), None)
    bar = bar_of(request, here="" if wanted.narrows else wanted.list)
    count = (
        shown(case_queries.count_filtered(actor, at=at, filter=wanted))
        if wanted.narrows
        else bar.counted(wanted.list)
    )
    label = named.name if named else lists.LABELS[wanted.list]
    return Worklist(
        bar=bar,
        label=label if named or not wanted.narrows else f"{label}，筛选后",
        count=count,
        rows=page.rows,
        next=page.next,
        query=lists.query_of(wanted),
        number="",
        saved=tuple(SavedLink(f"/desk/?filter={one.key}", one.name, one is named) for one in saved),
        wanted=wanted,
        phrases=tuple(one.text for one in kept.phrases),
    )


def _whole(request: HttpRequest, status: CaseStatus) -> Worklist:
    actor = request.actor  # type: ignore[attr-defined]
    number = request.GET.get("no", "").replace(" ", "").replace("\x00", "")[:50]
    page: Page[CaseRow] = case_queries.list_cases(
        actor,
        filter=CaseFilter(status=status, case_no=number),
        after=request.GET.get("after", "")[:80],
        limit=PAGE_SIZE,
        brief=True,
    )
    return Worklist(
        bar=bar_of(request, here=status),
        label=lists.LABELS[status],
        count=f"{len(page.rows)}{'+' if page.next else ''}",
        rows=page.rows,
        next=page.next,
        query=f"list={status}",
        number=number,
        saved=(),
        wanted=None,
        phrases=tuple(one.text for one in case_queries.get_kept(actor).phrases),
    )


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_worklist(request: HttpRequest) -> HttpResponse:
    """The list alone; on a wide screen the right side says how to begin."""
    found = worklist_of(request)
    return render(request, "desk/worklist.html", {"worklist": found, "links": found.bar})
