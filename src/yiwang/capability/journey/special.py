"""特别程序: the only time outside the clock, each told in writing with how long it takes."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.cases.definitions.flow import SPECIAL_LABELS, Special
from yiwang.capability.cases.definitions.profiles import State
from yiwang.capability.journey import letters
from yiwang.capability.journey.clocks import DECIDE
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.clocks import actions as clocks


@transaction.atomic
def begin_special(
    *,
    case_key: str,
    version: int,
    kind: str,
    reason: str,
    expected_on: date,
    actor: Actor,
    at: datetime,
) -> CaseView:
    """A hearing, a test, an expert's review begins: the clock stands, the letter says until when.

    行政许可法 45. Refusals: ``InvalidInput``, ``CannotDo``, ``VersionConflict``.
    """
    special = Special(kind)
    before = case_queries.get_case(case_key, actor, at=at)
    row = cases.begin_special(
        case_key=case_key, version=version, kind=special, reason=reason,
        expected_on=expected_on, actor=actor, at=at,
    )  # fmt: skip
    if before.state != State.SUSPENDED:
        clocks.pause(
            subject=row.reference, kind=DECIDE, reason=SPECIAL_LABELS[special], at=at, actor=actor
        )
    letters.special(
        case_key=case_key, kind=special, reason=reason, expected_on=expected_on,
        actor=actor, at=at,
    )  # fmt: skip
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def end_special(
    *, case_key: str, version: int, kind: str, finding: str, actor: Actor, at: datetime
) -> CaseView:
    """It is over; when none is left the clock runs again, and the applicant hears the new date."""
    row = cases.end_special(
        case_key=case_key, version=version, kind=Special(kind), finding=finding,
        actor=actor, at=at,
    )  # fmt: skip
    if row.state != State.SUSPENDED:
        clocks.resume(subject=row.reference, kind=DECIDE, at=at, actor=actor)
    return case_queries.get_case(case_key, actor, at=at)
