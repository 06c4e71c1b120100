"""告知承诺 beside its case: in force with the decision, without effect when there is none."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from yiwang.capability.commitments import queries
from yiwang.capability.commitments.actions.telling import announce, move
from yiwang.capability.commitments.definitions import CHECK, CORRECT, Act, CommitmentState
from yiwang.capability.commitments.events import CommitmentTookEffect
from yiwang.capability.commitments.models import Commitment, Tolerance
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.statements import prepared

_OF_CASE: Final = """
SELECT {columns} FROM commitments_commitment WHERE "case" = %s AND state = ANY(%s::text[])
 ORDER BY id LIMIT 1 FOR UPDATE
"""
_RUNNING = (CommitmentState.TO_CHECK, CommitmentState.TO_CORRECT)


def take_effect(*, case: str, actor: Actor, at: datetime) -> None:
    """Decided on the promise: from now on it is to be looked into, within a term. Twice is once."""
    row = _find(case, CommitmentState.SIGNED)
    if row is None:
        return
    within = queries.offer_of(row).check.within
    me = row.reference
    if clock_queries.find_clock(subject=me, kind=CHECK, at=at) is None:
        due = clocks.start(subject=me, kind=CHECK, allowance=within, at=at, actor=actor)
    else:  # decided anew
        due = clocks.restart(subject=me, kind=CHECK, allowance=within, at=at, actor=actor)
    move(row, Act.TAKE_EFFECT, actor=actor, changes={"due_on": due, "took_effect_at": at})
    announce(
        row,
        CommitmentTookEffect,
        actor=actor,
        at=at,
        commitment=me,
        check_by=due.isoformat(),
    )


def take_back(*, case: str, actor: Actor, at: datetime) -> None:
    """The decision was taken back and the case is decided anew: the promise waits again."""
    row = _find(case, *_RUNNING)
    if row is not None:
        move(row, Act.TAKE_BACK, actor=actor, changes={"due_on": None, "reported_at": None})
        stop_clocks(row, actor=actor, at=at)


def end(*, case: str, actor: Actor, at: datetime) -> None:
    """The case ended without a yes, or its yes was taken back for good. Twice is once."""
    row = _find(case, CommitmentState.SIGNED, *_RUNNING)
    if row is not None:
        move(row, Act.END, actor=actor, changes={"due_on": None})
        stop_clocks(row, actor=actor, at=at)


def hand_over(*, case: str, division_code: str, department: str, department_name: str) -> None:
    """Another body has the case: it sees and looks into what was promised with it."""
    Tolerance.objects.filter(case=case).update(division_code=division_code, department=department)
    Commitment.objects.filter(case=case).update(
        division_code=division_code, department=department, department_name=department_name
    )


def stop_clocks(row: Commitment, *, actor: Actor, at: datetime) -> None:
    """Nothing runs for it any more."""
    for kind in (CHECK, CORRECT):
        clocks.stop(subject=row.reference, kind=kind, at=at, actor=actor)


def recompute(*, key: str, due_on: date) -> None:
    """The calendar came in and the day moved."""
    Commitment.objects.filter(key=key, state__in=_RUNNING).update(due_on=due_on)


def _find(case: str, *states: str) -> Commitment | None:
    rows = prepared.read(Commitment, _OF_CASE, [case, list(states)])
    return rows[0] if rows else None
