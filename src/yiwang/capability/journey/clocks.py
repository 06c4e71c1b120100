"""The clocks of an application, and how each act moves them.

A licence has one to answer whether it is accepted, from the day of receipt, and one to decide, from
the day of acceptance (行政许可法 32, 42). Everything else is decided from the day of receipt, and that
clock stands while the applicant mends.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from yiwang.capability.cases.definitions import ClockKind
from yiwang.capability.cases.definitions.flow import Flow
from yiwang.capability.cases.queries import Inside
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.clocks.definitions import Allowance, Unit

ACCEPT: Final = ClockKind.ACCEPT
DECIDE: Final = ClockKind.DECIDE
SUPPLY: Final = ClockKind.SUPPLY
DELIVER: Final = ClockKind.DELIVER
#: 本地规定（示例）: no national rule says how long; nothing lapses by itself.
SUPPLY_WITHIN: Final = Allowance(15, Unit.WORKING_DAY, 3)


def received(case: str, flow: Flow, *, actor: Actor, at: datetime) -> date:
    """The application is in: what runs from now on; the day by which the applicant hears."""
    first = None
    if flow.acceptance.within is not None:
        first = clocks.start(
            subject=case,
            kind=ACCEPT,
            allowance=flow.acceptance.within,
            at=at,
            actor=actor,
            tell=False,
        )
    if first is not None and flow.decided_from_acceptance:
        return first
    decide = clocks.start(
        subject=case,
        kind=DECIDE,
        allowance=flow.decide_within,
        at=at,
        actor=actor,
        tell=False,
    )
    return decide if first is None else min(first, decide)


def accepted(case: str, flow: Flow, *, since: datetime, actor: Actor, at: datetime) -> None:
    """Taken up: a licence's days of decision run from ``since``."""
    if flow.acceptance.within is not None:
        clocks.stop(subject=case, kind=ACCEPT, at=at, actor=actor)
    if flow.decided_from_acceptance:
        clocks.start(
            subject=case,
            kind=DECIDE,
            allowance=flow.decide_within,
            since=since,
            at=at,
            actor=actor,
        )


def returned(case: str, flow: Flow, *, actor: Actor, at: datetime) -> date:
    """Told what is missing: the body has answered, the applicant's time begins; its last day."""
    if flow.acceptance.within is not None:
        clocks.stop(subject=case, kind=ACCEPT, at=at, actor=actor)
    if not flow.decided_from_acceptance:
        clocks.pause(subject=case, kind=DECIDE, reason="等申请人补正", at=at, actor=actor)
    return clocks.start(subject=case, kind=SUPPLY, allowance=SUPPLY_WITHIN, at=at, actor=actor)


def supplied(case: str, flow: Flow, *, late: bool, actor: Actor, at: datetime) -> None:
    """Mended: the body has its days of acceptance again, from today, or goes on deciding.

    ``late``: the applicant's time had run out, and an official went on already.
    """
    within = flow.acceptance.within
    if within is not None:
        clocks.stop(subject=case, kind=ACCEPT, at=at, actor=actor)
        clocks.restart(subject=case, kind=ACCEPT, allowance=within, at=at, actor=actor)
    if not flow.decided_from_acceptance and not late:
        clocks.resume(subject=case, kind=DECIDE, at=at, actor=actor)
    clocks.stop(subject=case, kind=SUPPLY, at=at, actor=actor)


def not_supplied(case: str, flow: Flow, *, actor: Actor, at: datetime) -> None:
    """The applicant's time ran out: the body's runs on, so that nothing lies there unseen."""
    if flow.acceptance.within is not None:
        clocks.restart(
            subject=case, kind=ACCEPT, allowance=flow.acceptance.within, at=at, actor=actor
        )
    if not flow.decided_from_acceptance:
        clocks.resume(subject=case, kind=DECIDE, at=at, actor=actor)
    clocks.stop(subject=case, kind=SUPPLY, at=at, actor=actor)


def begin_anew(
    case: str, flow: Flow, *, actor: Actor, at: datetime, within: Allowance | None = None
) -> date:
    """To be decided anew: the whole limit again, or the one that was set; its last day."""
    allowance = within or flow.decide_within
    if clock_queries.find_clock(subject=case, kind=DECIDE, at=at) is None:
        return clocks.start(subject=case, kind=DECIDE, allowance=allowance, at=at, actor=actor)
    return clocks.restart(subject=case, kind=DECIDE, allowance=allowance, at=at, actor=actor)


def to_deliver(inside: Inside, flow: Flow, *, actor: Actor, at: datetime) -> None:
    """Decided and not in hand yet: until when it must be, counted from the decision (行政许可法 44)."""
    if flow.delivery is None:
        return
    clock = clock_queries.find_clock(subject=inside.reference, kind=DELIVER, at=at)
    if clock is None:
        clocks.start(
            subject=inside.reference,
            kind=DELIVER,
            allowance=flow.delivery.within,
            since=inside.decided_at,
            at=at,
            actor=actor,
        )
    elif clock.stopped_on is not None:
        clocks.restart(
            subject=inside.reference,
            kind=DELIVER,
            allowance=flow.delivery.within,
            at=at,
            actor=actor,
        )
