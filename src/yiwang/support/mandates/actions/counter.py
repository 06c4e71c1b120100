"""The clerk acts for the person before him, for one task."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, PowerAct
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.support.mandates import queries
from yiwang.support.mandates.actions import rows
from yiwang.support.mandates.actions.papers import clerk_grant
from yiwang.support.mandates.actions.rows import Wish
from yiwang.support.mandates.definitions import (
    PRESENCE_LABELS,
    ConsentKind,
    MandateKind,
    MandateOver,
    Presence,
)
from yiwang.support.mandates.models import Mandate


@transaction.atomic
def open_counter(
    *,
    person: str,
    consent: Presence,
    actor: Actor,
    at: datetime,
    organization: str = "",
    under: str = "",
) -> str:
    """A window clerk begins to act for the person present, who asks him to; the mandate's key.

    ``consent``: by what the clerk knew the person. ``organization``: the firm he legally represents,
    when he came for it. ``under``: a mandate somebody absent gave the person present: then it
    reaches exactly as far, and ends with it. Another one open at this clerk's window is closed. It
    ends by itself after ``COUNTER_MINUTES``. Refusals: ``NotAllowed`` (no clerk, or himself),
    ``NotFound``, ``MandateOver``, ``InvalidInput``.
    """
    division, department = clerk_grant(actor)
    if consent not in list(Presence):
        problem = FieldProblem("consent", "请选怎样核对的身份。", "请先核对身份。")
        raise InvalidInput(fields=[problem])
    if person == actor.person:
        raise NotAllowed("不能在窗口为自己办理。", "请到其他窗口，或用个人账号办理。")
    if organization and not libraries.represents(person, organization):
        raise NotFound("来人不是这个单位的法定代表人。", "请核对，或让单位先授权经办人。")
    if not libraries.still_exists(person):
        raise NotFound("没有找到这个人的登记信息。", "请核对后再试。")
    until = at + timedelta(minutes=settings.COUNTER_MINUTES)
    if under:
        wish = _wish_under(under, person, actor, until, at)
    else:
        wish = Wish(
            MandateKind.COUNTER,
            organization or person,
            actor.reference,
            None,
            tuple(PowerAct),
            until,
        )
    for row in _open_at(actor.reference):
        rows.end(row, actor, at)
    row = rows.make(
        wish,
        actor=actor,
        at=at,
        consent_kind=ConsentKind.COUNTER,
        consent_by=person,
        consent_proof=PRESENCE_LABELS[consent],
        consented_at=at,
        accepted_at=at,
        division_code=division,
        department=department,
        under=under,
    )
    rows.note("counter_opened", row, actor, at, presence=Presence(consent).value, under=under)
    rows.take_effect(row, actor, at)
    return row.key


@transaction.atomic
def close_counter(*, key: str, actor: Actor, at: datetime) -> None:
    """The task at the window is done; again changes nothing. ``NotFound`` for another's."""
    rows_here = Mandate.objects.select_for_update().filter(kind=MandateKind.COUNTER)
    row = rows_here.filter(key=key, taker=actor.reference).first()
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        rows.end(row, actor, at)


def _wish_under(key: str, person: str, actor: Actor, until: datetime, at: datetime) -> Wish:
    """As far as the mandate of the person present reaches, and no longer."""
    row = Mandate.objects.select_for_update().filter(key=key, taker=person).first()
    if row is None:
        raise NotFound("来的人没有这份授权。", "请核对，或让对方先授权。")
    if not queries.is_in_force(row, at):
        raise MandateOver
    if row.giver == actor.person:
        raise NotAllowed("不能在窗口为自己办理。", "请由其他窗口办理。")
    acts = tuple(PowerAct(act) for act in row.acts)
    return Wish(
        MandateKind.COUNTER,
        row.giver,
        actor.reference,
        row.words["items"],
        acts,
        min(until, row.valid_until),
        hand=row.words["taker"],
    )


def _open_at(official: str) -> list[Mandate]:
    open_rows = Mandate.objects.filter(taker=official, kind=MandateKind.COUNTER, revoked_at=None)
    return list(open_rows.select_for_update())
