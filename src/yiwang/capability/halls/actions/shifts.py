"""上岗、暂停、下班: one clerk at one window."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from yiwang.capability.halls import queries
from yiwang.capability.halls.actions.places import insist_on_keeper
from yiwang.capability.halls.actions.tickets import close_turn, move
from yiwang.capability.halls.definitions import (
    CLERKS,
    BreakReason,
    CannotBegin,
    CannotEnd,
    NotOnDuty,
    ShiftView,
)
from yiwang.capability.halls.events import ShiftEnded
from yiwang.capability.halls.models import Counter, Shift, ShiftBreak
from yiwang.kernel.actor import Actor
from yiwang.kernel.places import in_subtree
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def begin_shift(*, counter: str, actor: Actor, at: datetime) -> ShiftView:
    """Sit down at a window of one's place and body.

    Refusals: ``NotFound`` (another hall's), ``NotAllowed`` (no clerk there), ``CannotBegin`` (taken,
    or on duty elsewhere).
    """
    row = Counter.objects.visible_to(actor).filter(key=counter, closed_at=None).first()
    if row is None:
        raise NotFound
    if not _is_clerk_at(actor, row):
        raise NotAllowed
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                counter=row, clerk=actor.reference, clerk_name=actor.display_name[:80], began_at=at
            )
    except IntegrityError as error:
        raise CannotBegin from error
    _note(shift, "halls.begin_shift", actor, at, counter=row.key)
    return queries.get_shift(actor)


@transaction.atomic
def pause(*, reason: BreakReason, actor: Actor, at: datetime) -> ShiftView:
    """No number is called until it goes on. ``NotOnDuty``; pausing twice is once."""
    shift = locked_shift(actor)
    if not shift.breaks.filter(ended_at=None).exists():
        ShiftBreak.objects.create(shift=shift, reason=reason, began_at=at)
        _note(shift, "halls.pause", actor, at, reason=reason.value)
    return queries.get_shift(actor)


@transaction.atomic
def resume(*, actor: Actor, at: datetime) -> ShiftView:
    """Numbers are called again. ``NotOnDuty``."""
    shift = locked_shift(actor)
    if shift.breaks.filter(ended_at=None).update(ended_at=at):
        _note(shift, "halls.resume", actor, at)
    return queries.get_shift(actor)


@transaction.atomic
def end_shift(*, actor: Actor, at: datetime) -> None:
    """Leave the window. ``NotOnDuty``, ``CannotEnd`` while somebody is being served."""
    shift = locked_shift(actor)
    if shift.sessions.filter(ended_at=None).exists():
        raise CannotEnd
    _end(shift, actor, at)


@transaction.atomic
def relieve(*, counter: str, actor: Actor, at: datetime) -> None:
    """Somebody left without saying so: who keeps the place ends his shift, and the turn that was open.

    Refusals: ``NotFound``, ``NotAllowed``, ``NotOnDuty`` (nobody sits there).
    """
    row = Counter.objects.visible_to(actor).filter(key=counter, closed_at=None).first()
    if row is None:
        raise NotFound
    insist_on_keeper(actor, row.division_code, row.department)
    rows = Shift.objects.filter(counter=row, ended_at=None).select_for_update(of=("self",))
    shift = rows.select_related("counter__hall").first()
    if shift is None:
        raise NotOnDuty("这个窗口没有人在岗。", "请刷新页面。")
    open_ = shift.sessions.filter(ended_at=None).select_related("ticket").first()
    if open_ is not None:
        if open_.ticket is not None:
            move(open_.ticket, "finish", actor, at, done_at=at)
        close_turn(open_, at)
    _end(shift, actor, at)


def _end(shift: Shift, actor: Actor, at: datetime) -> None:
    shift.breaks.filter(ended_at=None).update(ended_at=at)
    Shift.objects.filter(pk=shift.pk).update(ended_at=at)
    event = ShiftEnded(
        subject=shift.reference, at=at, hall=shift.counter.hall.key, counter=shift.counter.key,
        clerk=shift.clerk,
    )  # fmt: skip
    journal.announce(event, actor=actor)


def locked_shift(actor: Actor) -> Shift:
    """The shift one is on, locked until the transaction ends; ``NotOnDuty``."""
    rows = Shift.objects.visible_to(actor).filter(ended_at=None)
    shift = rows.select_for_update(of=("self",)).select_related("counter__hall").first()
    if shift is None:
        raise NotOnDuty
    return shift


def _is_clerk_at(actor: Actor, row: Counter) -> bool:
    """At a comprehensive window any clerk of the place; which items he takes, his grants say."""
    return any(
        grant.role in CLERKS
        and in_subtree(row.division_code, grant.division_code)
        and (not row.department or grant.department in (None, row.department))
        for grant in actor.grants
    )


def _note(shift: Shift, act: str, actor: Actor, at: datetime, **facts: str) -> None:
    journal.record(actor=actor, act=act, subject=shift.reference, at=at, facts=facts)
