"""Halls and windows are opened and closed by who keeps the place."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from yiwang.capability.halls import rules
from yiwang.capability.halls.definitions import (
    KEEPERS,
    CannotEnd,
    CannotOpenCounter,
    CounterView,
    HallView,
)
from yiwang.capability.halls.models import Counter, ServiceHall
from yiwang.capability.halls.queries.places import counter_view, hall_view
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.places import in_subtree
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import queries as directory


@transaction.atomic
def open_hall(*, name: str, division_code: str, actor: Actor, at: datetime) -> HallView:
    """A hall of one place. ``NotAllowed`` elsewhere, ``CannotOpenCounter`` for a name that is taken."""
    insist_on_keeper(actor, division_code)
    if not name.strip():
        raise CannotOpenCounter("没有写大厅的名称。", "请写名称。")
    try:
        with transaction.atomic():
            row = ServiceHall.objects.create(
                name=name.strip()[:80], division_code=division_code, opened_at=at
            )
    except IntegrityError as error:
        raise CannotOpenCounter("这里已经有一个同名的大厅。", "请换一个名称。") from error
    journal.record(actor=actor, act="halls.open_hall", subject=row.reference, at=at)
    return hall_view(row)


@transaction.atomic
def open_counter(
    *, hall: str, number: str, line: str, department: str, actor: Actor, at: datetime
) -> CounterView:
    """A window of a hall. ``department``: a body's USCC, "" for a comprehensive window.

    Refusals: ``NotFound`` (hall or body), ``NotAllowed``, ``CannotOpenCounter``.
    """
    place = ServiceHall.objects.visible_to(actor).filter(key=hall, closed_at=None).first()
    if place is None:
        raise NotFound
    insist_on_keeper(actor, place.division_code, department)
    if not rules.is_counter_number(number) or not rules.is_line(line):
        raise CannotOpenCounter("窗口号或者队列字母不对。", "窗口号如 B12，队列是一两个大写字母。")
    body = directory.get_department(department) if department else None
    try:
        with transaction.atomic():
            row = Counter.objects.create(
                hall=place, number=number, line=line, division_code=place.division_code,
                department=department, department_name=body.name if body else "", opened_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise CannotOpenCounter from error
    journal.record(
        actor=actor, act="halls.open_counter", subject=row.reference, at=at,
        facts={"hall": place.key, "number": number, "line": line},
    )  # fmt: skip
    return counter_view(row)


@transaction.atomic
def close_counter(*, counter: str, actor: Actor, at: datetime) -> None:
    """The window is there no more; its days stay. ``NotFound``, ``NotAllowed``, ``CannotEnd`` (occupied)."""
    rows = Counter.objects.visible_to(actor).select_for_update().filter(key=counter, closed_at=None)
    row = rows.first()
    if row is None:
        raise NotFound
    insist_on_keeper(actor, row.division_code, row.department)
    if row.shifts.filter(ended_at=None).exists():
        raise CannotEnd("这个窗口还有人在岗。", "请先让在岗的人下班。")
    Counter.objects.filter(pk=row.pk).update(closed_at=at)
    row.screens.filter(ended_at=None).update(ended_at=at)
    journal.record(actor=actor, act="halls.close_counter", subject=row.reference, at=at)


def insist_on_keeper(actor: Actor, division_code: str, department: str = "") -> None:
    """A head opens windows of his own body only; the place's administrator all."""
    if actor.kind is ActorKind.MACHINE:
        return
    for grant in actor.grants:
        own = grant.department is None or grant.department == department
        if grant.role in KEEPERS and in_subtree(division_code, grant.division_code) and own:
            return
    raise NotAllowed
