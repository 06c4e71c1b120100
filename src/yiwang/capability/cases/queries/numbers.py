"""Cases by what a receipt of the exchange calls them: their number, or the draft they came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from django.db.models import Q

from yiwang.capability.cases.definitions import CaseBrief
from yiwang.capability.cases.models import Case

_DRAFT: Final = "draft:"


def find_briefs(named: Collection[str]) -> Mapping[str, CaseBrief]:
    """Those that are cases here, by the word they were asked by. For the platform's own work."""
    drafts = {one.removeprefix(_DRAFT): one for one in named if one.startswith(_DRAFT)}
    numbers = [one for one in named if not one.startswith(_DRAFT)]
    if not named:
        return {}
    rows = Case.objects.filter(Q(case_no__in=numbers) | Q(draft_key__in=list(drafts)))
    found: dict[str, CaseBrief] = {}
    for row in rows.defer("content", "decision", "notice"):
        brief = CaseBrief(
            key=row.key,
            case_no=row.case_no,
            item_name=row.item_name,
            applicant=row.applicant,
            division_code=row.division_code,
            department=row.department,
            department_name=row.department_name,
        )
        found[row.case_no] = brief
        if row.draft_key in drafts:
            found[drafts[row.draft_key]] = brief
    return found
