"""What a place says of itself: when its halls are open, how its name and colour look.

Never the legal calendar: whether a day counts for a clock is said by the State Council's notice alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.places import in_subtree
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory.definitions import Colour, Hours
from yiwang.network.directory.models import ClosedDay, LocalLook, OpeningHours

_MOST_A_DAY = 4
_LONGEST_NAME = 20
_LONGEST_REASON = 60


def insist_local(actor: Actor, division_code: str) -> None:
    """Is this place this local administrator's? ``NotAllowed``; a body's own administrator is not."""
    if actor.kind is ActorKind.MACHINE:
        return
    here = actor.kind is ActorKind.OFFICIAL and actor.on_behalf_of is None
    if not here or not any(
        grant.role is Role.LOCAL_ADMIN
        and grant.department is None
        and in_subtree(division_code, grant.division_code)
        for grant in actor.grants
    ):
        raise NotAllowed


@transaction.atomic
def set_hours(
    *, division_code: str, weekday: int, spans: Sequence[Hours], actor: Actor, at: datetime
) -> None:
    """When the halls of a place are open on one weekday (0 Monday); none: closed.

    ``InvalidInput`` for times that overlap or run backwards.
    """
    insist_local(actor, division_code)
    ordered = sorted(spans, key=lambda one: one.opens)
    clash = any(b.opens < a.closes for a, b in pairwise(ordered))
    backwards = any(one.closes <= one.opens for one in ordered)
    if not 0 <= weekday <= 6 or len(ordered) > _MOST_A_DAY or clash or backwards:
        problem = FieldProblem("hours", "时间写反了或者有重叠。", "请按先后写，最多四段。")
        raise InvalidInput(fields=[problem])
    OpeningHours.objects.filter(division_code=division_code, weekday=weekday).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(
            division_code=division_code, weekday=weekday, opens=one.opens, closes=one.closes
        )
        for one in ordered
    )
    _note("hours_set", division_code, actor, at, weekday=weekday, spans=len(ordered))


@transaction.atomic
def close_day(
    *, division_code: str, on: date, reason: str, today: date, actor: Actor, at: datetime
) -> None:
    """The halls of a place are shut on one day; due dates do not move. ``InvalidInput``."""
    insist_local(actor, division_code)
    if on < today or not 0 < len(reason.strip()) <= _LONGEST_REASON:
        problem = FieldProblem("on", "日期已经过去，或者没有写原因。", "请改日期，写明原因。")
        raise InvalidInput(fields=[problem])
    ClosedDay.objects.update_or_create(
        division_code=division_code, on=on, defaults={"reason": reason.strip()}
    )
    _note("day_closed", division_code, actor, at, on=on.isoformat())


@transaction.atomic
def open_day(*, division_code: str, on: date, actor: Actor, at: datetime) -> None:
    """The day is as its weekday again. ``NotFound``."""
    insist_local(actor, division_code)
    deleted, _ = ClosedDay.objects.filter(division_code=division_code, on=on).delete()
    if not deleted:
        raise NotFound
    _note("day_opened", division_code, actor, at, on=on.isoformat())


@transaction.atomic
def set_look(*, division_code: str, name: str, colour: Colour, actor: Actor, at: datetime) -> None:
    """The name beside the emblem and its colour, from a list whose contrast is checked.

    ``name`` "": as usual. ``InvalidInput``.
    """
    insist_local(actor, division_code)
    if len(name.strip()) > _LONGEST_NAME or colour not in list(Colour):
        problem = FieldProblem("name", f"名称最多 {_LONGEST_NAME} 字，颜色要在表里选。")
        raise InvalidInput(fields=[problem])
    LocalLook.objects.update_or_create(
        division_code=division_code,
        defaults={"name": name.strip(), "colour": Colour(colour), "set_at": at},
    )
    _note("look_set", division_code, actor, at, colour=Colour(colour).value)


def _note(act: str, division: str, actor: Actor, at: datetime, **facts: str | int) -> None:
    journal.record(
        actor=actor,
        act=f"directory.{act}",
        subject=f"division:{division}",
        at=at,
        facts=facts,
    )
