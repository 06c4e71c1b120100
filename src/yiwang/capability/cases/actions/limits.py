"""A limit of the body is nearly over or over: a fact with whose it is, for supervision to hear."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.cases.actions.moving import announce
from yiwang.capability.cases.definitions import ClockKind
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.capability.cases.events import CaseLate, CaseNearlyDue
from yiwang.capability.cases.models import Case, CaseWork
from yiwang.capability.cases.queries.flows import find_flow
from yiwang.kernel.actor import machine
from yiwang.kernel.references import split

#: The clocks that bind the body; the applicant's own (``supply``) does not.
BINDING: Final = (ClockKind.ACCEPT, ClockKind.DECIDE, ClockKind.DELIVER)
_LICENCES: Final = (Profile.LICENCE, Profile.COMMITMENT)


def note_limit(*, case: str, clock: str, due_on: str, late: bool, at: datetime) -> None:
    """Announce it; nothing for the applicant's own limit or a case that is not there."""
    row = Case.objects.filter(key=split(case)[1]).first() if clock in BINDING else None
    if row is None:
        return
    official = CaseWork.objects.filter(case=row).values_list("official", flat=True).first()
    announce(
        row,
        CaseLate if late else CaseNearlyDue,
        actor=machine("clock"),
        at=at,
        clock=clock,
        due_on=due_on,
        basis=_basis(row, clock)[:200],
        official=official or "",
    )


def _basis(row: Case, clock: str) -> str:
    """The article the limit stands on, as the item's flow says; the law's own for licences."""
    flow = find_flow(row.item_code, row.item_version, row.profile)
    if clock == ClockKind.ACCEPT:
        usual = "行政许可法 第三十二条" if row.profile in _LICENCES else ""
        return (flow.acceptance.basis if flow else "") or usual
    if clock == ClockKind.DELIVER:
        return flow.delivery.basis if flow and flow.delivery else ""
    return flow.decide_basis if flow else ""
