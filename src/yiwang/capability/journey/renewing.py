"""延续: which licence an application renews, the new term, and silence that renews (行政许可法 50)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions.flow import Flow
from yiwang.capability.journey import results
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.support.licences import queries as licences

_ROUND: Final = 200


@dataclass(frozen=True, slots=True)
class Renewal:
    """The licence to be renewed, and from when on no decision means yes (None: not protected)."""

    licence: str = ""
    silence_at: datetime | None = None


def find_renewal(
    flow: Flow, answers: Mapping[str, object], *, applicant: str, at: datetime
) -> Renewal:
    """What a renewal's application is about; nothing for other items.

    Asked for too late it is handled all the same, but silence does not renew it. Refuses
    ``InvalidInput`` when the applicant holds no such licence.
    """
    plan = flow.renewal
    if plan is None:
        return Renewal()
    number = str(answers.get(plan.licence, "")).strip()
    held = licences.find_numbered(identifier=number, holder=applicant, at=at)
    if held is None:
        raise InvalidInput(
            fields=[FieldProblem(plan.licence, "没有找到您名下这个编号的有效证照", "，请核对编号")]
        )
    if flow.silence is None or held.valid_until is None:
        return Renewal(held.reference)
    last_day = held.valid_until - timedelta(days=1)
    if not _in_time(legal_date(at), last_day, plan.ask_before):
        return Renewal(held.reference)
    ends_at = datetime.combine(held.valid_until, time(), tzinfo=SHANGHAI)
    return Renewal(held.reference, ends_at)


def renew_by_silence(*, at: datetime, actor: Actor) -> int:
    """Renew every case whose old term ended without a decision; returns how many. One at a time."""
    renewed = 0
    for key in case_queries.list_silent(at=at, limit=_ROUND):
        with transaction.atomic():
            renewed += _renew(key, at=at, actor=actor)
    return renewed


def _renew(key: str, *, at: datetime, actor: Actor) -> bool:
    """The decision record, the new term, its letter; False when somebody was faster or it waits."""
    inside = case_queries.get_inside(key, lock=True)
    if not case_queries.is_renewed_by_silence(key, at=at):
        return False
    cases.deem_renewed(case_key=key, actor=actor, at=at)
    clocks.stop_all(subject=inside.reference, at=at, actor=actor)
    results.finish(case_key=key, about=inside.applicant, ruling=None, actor=actor, at=at)
    return True


def _in_time(asked_on: date, last_day: date, before: Allowance) -> bool:
    """Was it asked for so many (working) days before the end?"""
    if before.unit is Unit.WORKING_DAY:
        calendar = clock_queries.get_calendar()
        return calendar.working_days_between(asked_on, last_day) >= before.amount
    return (last_day - asked_on).days >= before.amount
