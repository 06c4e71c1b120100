"""Pages of cases: keyset by row, masked, one statement a page and one for its clocks."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from yiwang.capability.cases import rules
from yiwang.capability.cases.definitions import CaseFilter, CaseRow, CaseStatus
from yiwang.capability.cases.models import Case, CaseSet
from yiwang.capability.cases.queries import views
from yiwang.capability.cases.queries.views import SHOWN
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.mechanisms.clocks import queries as clocks

_BY_STATUS: dict[CaseStatus, Q] = {
    CaseStatus.ALL: Q(),
    CaseStatus.OPEN: ~Q(state__in=rules.DONE),
    CaseStatus.WAITING_FOR_OFFICIAL: Q(state__in=rules.WAITING_FOR_OFFICIAL),
    CaseStatus.WAITING_FOR_APPLICANT: Q(state__in=rules.WAITING_FOR_APPLICANT),
    CaseStatus.DONE: Q(state__in=rules.DONE),
}


def list_cases(
    actor: Actor,
    *,
    at: datetime | None = None,
    filter: CaseFilter | None = None,
    after: str = "",
    limit: int = 50,
    brief: bool = False,
) -> Page[CaseRow]:
    """A page of the cases an actor may see: newest first, an official's worklist oldest first.

    ``brief``: for rows that show of the clock only the day and the light.
    """
    wanted, at = filter or CaseFilter(), at or moments.now()
    oldest_first = wanted.status is CaseStatus.WAITING_FOR_OFFICIAL or wanted.person_asked
    rows = _narrowed(Case.objects.in_charge_of(actor), wanted)
    if after:
        seen = Case.objects.filter(key=after).values("id")[:1]
        rows = rows.filter(id__gt=seen) if oldest_first else rows.filter(id__lt=seen)
    ordered = rows.order_by("id" if oldest_first else "-id").only(*SHOWN)
    shown, following = cut(ordered[: bounded(limit) + 1], limit)
    today = legal_date(at)
    found = clocks.find_clocks(subjects=[row.reference for row in shown], at=at, brief=brief)
    return Page(
        rows=tuple(
            views.row_view(row, views.leading(found[row.reference]), today) for row in shown
        ),
        next=following,
    )


def _narrowed(rows: CaseSet, wanted: CaseFilter) -> CaseSet:
    rows = rows.filter(_BY_STATUS[wanted.status])
    if wanted.item_code:
        rows = rows.filter(item_code=wanted.item_code)
    if wanted.case_no:
        rows = rows.filter(case_no=wanted.case_no.replace(" ", ""))
    if wanted.person_asked:
        rows = rows.filter(person_asked_at__isnull=False, person_answered_at=None)
    return rows
