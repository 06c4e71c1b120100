"""A case ended, or was taken up anew: what a listener writes. One narrow row, no reading of the case."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from yiwang.capability.archives import queries
from yiwang.capability.archives.actions.moving import step
from yiwang.capability.archives.definitions import UNFINISHED, PackageState
from yiwang.capability.archives.models import ArchivePackage
from yiwang.capability.cases.events import CaseEvent
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.statements import prepared

CLOCK: Final = machine("archives")
_LAST: Final = (
    'SELECT {columns} FROM archives_package WHERE "case" = %s ORDER BY part DESC LIMIT 1 FOR UPDATE'
)


@transaction.atomic
def become_due(*, event: CaseEvent, position: int) -> None:
    """The case is over: due for archiving when the days to challenge it are over. Twice is once."""
    row = _last(event.subject)
    due_on = legal_date(event.at) + timedelta(days=queries.wait_days(legal_date(event.at)))
    if row is not None and row.position >= position:
        return
    if row is not None and row.state in UNFINISHED:
        changes = {"ended_at": event.at, "due_on": due_on, "position": position, "problem": ""}
        step(row, "end", actor=CLOCK, at=event.at, changes=changes)
        return
    prepared.add(
        ArchivePackage(
            case=event.subject,
            part=row.part + 1 if row is not None else 1,
            case_no=event.case_no,
            item_code=event.item_code,
            applicant=event.applicant,
            division_code=event.division_code,
            department=event.department,
            position=position,
            ended_at=event.at,
            due_on=due_on,
        )
    )


@transaction.atomic
def set_aside(*, event: CaseEvent, position: int) -> None:
    """The case was taken up anew: nothing to archive until it ends again. What is archived stays."""
    row = _last(event.subject)
    if row is None or row.position >= position:
        return
    if row.state in (PackageState.DUE, PackageState.FAILED):
        step(row, "reopen", actor=CLOCK, at=event.at, changes={"position": position})


def put_off(*, key: str, until: date, problem: str, at: datetime) -> None:
    """Not yet: something about the case is still open. Looked at again on that day."""
    del at
    due = ArchivePackage.objects.filter(key=key, state=PackageState.DUE)
    due.update(due_on=until, problem=problem[:500])


def _last(case: str) -> ArchivePackage | None:
    found = prepared.read(ArchivePackage, _LAST, [case])
    return found[0] if found else None
