"""容缺: from acceptance to the paper that came after all, or never did."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.commitments import queries, rules
from yiwang.capability.commitments.actions.telling import Fact, announce, move
from yiwang.capability.commitments.definitions import LATE, Act, ToleranceState, ToleranceView
from yiwang.capability.commitments.events import (
    LateMaterialConfirmed,
    LateMaterialSentBack,
    LateMaterialSupplied,
    ToleranceLapsed,
    ToleranceOpened,
)
from yiwang.capability.commitments.models import Tolerance
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.statements import prepared

_SIGNED: Final = """
SELECT {columns} FROM commitments_tolerance WHERE "case" = %s AND state = 'SIGNED'
 ORDER BY id FOR UPDATE
"""
_SUPPLIED: Final = """
SELECT {columns} FROM commitments_tolerance
 WHERE "case" = %s AND state = 'SUPPLIED' AND settled_at IS NULL
   AND supplied_at <= %s ORDER BY id FOR UPDATE
"""
_WAITING = (ToleranceState.SIGNED, ToleranceState.OPEN, ToleranceState.LAPSED)


def begin(*, case: str, actor: Actor, at: datetime) -> tuple[ToleranceView, ...]:
    """Accepted with the gap: the term of every late material of the case begins. Twice is once."""
    rows = prepared.read(Tolerance, _SIGNED, [case])
    for row in rows:
        item = catalogue.get_content(row.item_code, row.item_version)
        offer = next(m.tolerance for m in item.materials if m.key == row.material)
        if offer is None:
            raise LookupError(f"{row.item_code}@{row.item_version} lets {row.material} not wait")
        due = clocks.start(
            subject=row.reference, kind=LATE, allowance=offer.within, at=at, actor=actor
        )
        move(row, Act.OPEN, actor=actor, changes={"due_on": due, "opened_at": at})
        _tell(row, ToleranceOpened, actor, at, due_on=due.isoformat())
    return queries.list_tolerances(case=case, at=at) if rows else ()


def supply(*, key: str, actor: Actor, at: datetime) -> Tolerance:
    """The applicant hands the late material in; the caller keeps the files. The term stands still.

    Refusals: ``NotFound``, ``CannotDo`` (decided on already, or not waited for any more).
    """
    row = locked(key, actor)
    late, first = row.state == ToleranceState.LAPSED, row.state != ToleranceState.SUPPLIED
    move(row, Act.SUPPLY, actor=actor, facts=_facts(row), changes={"supplied_at": at, "reason": ""})
    if first and clock_queries.find_clock(subject=row.reference, kind=LATE, at=at) is not None:
        clocks.pause(subject=row.reference, kind=LATE, reason="已补交，等核对", at=at, actor=actor)
    _tell(row, LateMaterialSupplied, actor, at, late=late)
    return row


def send_back(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> Tolerance:
    """An official looked: it is not what was asked for. The rest of the term runs on.

    Refusals: ``NotFound``, ``InvalidInput`` (no reason), ``NotAllowed``, ``VersionConflict``, ``CannotDo``.
    """
    row = locked(key, actor)
    _insist(row, Act.SEND_BACK, actor)
    if not reason.strip():
        raise InvalidInput("没有写明哪里不对。", "请写明要补交什么样的材料。")
    due = row.due_on
    if clock_queries.find_clock(subject=row.reference, kind=LATE, at=at) is not None:
        due = clocks.resume(subject=row.reference, kind=LATE, at=at, actor=actor)
    move(
        row,
        Act.SEND_BACK,
        actor=actor,
        version=version,
        facts=_facts(row),
        changes={"due_on": due, "reason": reason.strip(), "supplied_at": None},
    )
    _tell(row, LateMaterialSentBack, actor, at, due_on=due.isoformat() if due else "")
    return row


def confirm(*, key: str, version: int, actor: Actor, at: datetime) -> Tolerance:
    """An official looked at what came after the approval: the result may be made. Refusals as above."""
    row = locked(key, actor)
    _insist(row, Act.CONFIRM, actor)
    move(
        row,
        Act.CONFIRM,
        actor=actor,
        version=version,
        facts=_facts(row),
        changes={"settled_at": at},
    )
    clocks.stop(subject=row.reference, kind=LATE, at=at, actor=actor)
    _tell(row, LateMaterialConfirmed, actor, at)
    return row


def settle(*, case: str, actor: Actor, at: datetime) -> None:
    """The case was decided at ``at`` with what was here: nothing is added to it any more. What came
    later, before this was heard of, waits for an official. Twice is once."""
    for row in prepared.read(Tolerance, _SUPPLIED, [case, at]):
        Tolerance.objects.filter(pk=row.pk).update(settled_at=at)
        clocks.stop(subject=row.reference, kind=LATE, at=at, actor=actor)


def lapse(*, key: str, actor: Actor, at: datetime) -> None:
    """The term is over and nothing came: an official goes on by the undertaking. Twice is once."""
    row = Tolerance.objects.select_for_update().filter(key=key, state=ToleranceState.OPEN).first()
    if row is None:
        return
    move(row, Act.LAPSE, actor=actor, changes={"lapsed_at": at})
    _tell(row, ToleranceLapsed, actor, at, withdraws=row.withdraws)


def end_late(*, case: str, actor: Actor, at: datetime) -> None:
    """The case ended without a yes: nothing is waited for any more. Twice is once."""
    rows = Tolerance.objects.select_for_update().filter(case=case)
    for row in rows.order_by("id"):
        if row.state in _WAITING:
            move(row, Act.END, actor=actor)
        clocks.stop(subject=row.reference, kind=LATE, at=at, actor=actor)


def recompute_late(*, key: str, due_on: date) -> None:
    """The calendar came in and the last day moved."""
    Tolerance.objects.filter(key=key, settled_at=None).update(due_on=due_on)


def locked(key: str, actor: Actor) -> Tolerance:
    """The row, locked until the transaction ends; ``NotFound`` when not visible."""
    row = Tolerance.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def _facts(row: Tolerance) -> dict[str, bool]:
    return {"open": row.settled_at is None, "lapsed": row.lapsed_at is not None}


def _insist(row: Tolerance, act: Act, actor: Actor) -> None:
    held = actor.roles_at(row.division_code, row.department)
    if not rules.may_take(held, act, chained=False):
        raise NotAllowed


def _tell(
    row: Tolerance, event: type[Fact], actor: Actor, at: datetime, **more: str | bool
) -> None:
    announce(row, event, actor=actor, at=at, tolerance=row.reference, material=row.material, **more)
