"""Who has a case, and the time account that follows from it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yiwang.capability.cases.definitions import HolderKind, Keeper, Span, TimeAccount, Total
from yiwang.capability.cases.definitions.profiles import State
from yiwang.kernel.moments import legal_date
from yiwang.kernel.sentences import listed, said
from yiwang.mechanisms.clocks.definitions import Calendar

_WITH_DEPARTMENT = (
    State.SUBMITTED,
    State.WITH_OFFICIAL,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.FOR_APPROVAL,
    State.APPROVED,
    State.REJECTED,
    State.ISSUED,
)


def keeper(
    *,
    state: str,
    applicant: str,
    department: str,
    department_name: str,
    by_machine: bool,
) -> Keeper | None:
    """Who has a case in a state; nobody once it is delivered or ended.

    ``by_machine``: a rule is deciding, or has decided and the rest follows by itself.
    """
    if state == State.RETURNED:
        return Keeper(HolderKind.APPLICANT, applicant, "申请人")
    if state == State.SUSPENDED:
        return Keeper(HolderKind.SPECIAL, department, "特别程序")
    if state not in _WITH_DEPARTMENT:
        return None
    if by_machine:
        return Keeper(HolderKind.MACHINE, "machine:rules", "系统自动核对")
    return Keeper(HolderKind.DEPARTMENT, department, department_name)


@dataclass(frozen=True, slots=True)
class Held:
    """Who had it from when until when; ``ended_at`` None: still."""

    keeper: Keeper
    began_at: datetime
    ended_at: datetime | None


def account(held: Sequence[Held], *, at: datetime, calendar: Calendar) -> TimeAccount:
    """The spans, what they come to, and one sentence. A day belongs to who had it when it began."""
    lasted = [((one.ended_at or at) - one.began_at).total_seconds() for one in held]
    whole = sum(lasted)
    spans = tuple(
        Span(
            kind=one.keeper.kind,
            label=one.keeper.label,
            began_at=one.began_at,
            ended_at=one.ended_at,
            working_days=calendar.working_days_between(
                legal_date(one.began_at), legal_date(one.ended_at or at)
            ),
            share=seconds / whole if whole else 0.0,
        )
        for one, seconds in zip(held, lasted, strict=True)
    )
    totals = _totals(spans)
    running = bool(held) and held[-1].ended_at is None
    return TimeAccount(spans, totals, _sentence(totals, running=running))


def _totals(spans: Sequence[Span]) -> tuple[Total, ...]:
    found: dict[tuple[str, str], Total] = {}
    for span in spans:
        before = found.get((span.kind, span.label), Total(span.kind, span.label, 0, 0.0))
        found[span.kind, span.label] = Total(
            span.kind,
            span.label,
            before.working_days + span.working_days,
            before.share + span.share,
        )
    return tuple(found.values())


def _sentence(totals: Sequence[Total], *, running: bool) -> str:
    days = sum(total.working_days for total in totals)
    if not days:
        return said("到现在不到一个工作日。") if running else said("当天办完。")
    held = [
        said("%(who)s %(n)s 个", who=said(one.label), n=one.working_days)
        for one in totals
        if one.working_days
    ]
    parts = listed(held)
    if running:
        return said("从收到到现在共 %(n)s 个工作日：%(parts)s。", n=days, parts=parts)
    return said("从收到到办完共 %(n)s 个工作日：%(parts)s。", n=days, parts=parts)
