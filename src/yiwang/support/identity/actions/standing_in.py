"""代理: a colleague does somebody's work on cases for a time; two people decide it, each act says for whom."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import queries, rules
from yiwang.support.identity.definitions import AccountKind
from yiwang.support.identity.definitions.duties import (
    LONGEST_STAND_IN,
    CannotStandIn,
    StandInView,
)
from yiwang.support.identity.models import Account, StandIn

_LONGEST_REASON = 200


@transaction.atomic
def ask_stand_in(
    *,
    principal: str,
    taker: str,
    reason: str,
    valid_from: datetime,
    valid_until: datetime,
    actor: Actor,
    at: datetime,
    post: str = "",
) -> StandInView:
    """The official himself, or who administers his place, names a colleague (accounts' keys).

    ``post``: only this post's work, which the principal holds. It counts once somebody else has
    confirmed it. Refusals: ``NotAllowed``, ``NotFound``, ``InvalidInput`` (term, reason, post, the
    same person).
    """
    rows = Account.objects.select_for_update().filter(kind=AccountKind.OFFICIAL, active=True)
    found = {row.key: row for row in rows.filter(key__in=[principal, taker])}
    if not {principal, taker} <= found.keys():
        raise NotFound
    own = found[principal].subject == actor.reference and actor.on_behalf_of is None
    if not own:
        insist_administers(actor, principal, at, post=post)
    wrong = []
    if post and all(g.post != post for g in queries.get_actor(principal, at=at).grants):
        wrong.append(FieldProblem("post", "本人现在不在这个岗位。", "请重选岗位。"))
    if principal == taker:
        wrong.append(FieldProblem("taker", "不能由自己代理自己。", "请换一位同事。"))
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        wrong.append(FieldProblem("reason", "请写明原因。", f"最多 {_LONGEST_REASON} 字。"))
    if not at < valid_until <= valid_from + LONGEST_STAND_IN or valid_from >= valid_until:
        wrong.append(FieldProblem("valid_until", "代理期限应在九十天以内。", "请改期限。"))
    if wrong:
        raise InvalidInput(fields=wrong)
    row = StandIn.objects.create(
        principal=found[principal],
        taker=found[taker],
        post_id=post or None,
        reason=reason.strip(),
        valid_from=valid_from,
        valid_until=valid_until,
        asked_by=actor.reference,
        asked_at=at,
    )
    _note("stand_in_asked", row, actor, at)
    return queries.get_stand_in(row.key)


@transaction.atomic
def confirm_stand_in(*, stand_in: str, actor: Actor, at: datetime) -> StandInView:
    """A second person, who administers the place, confirms it; not one of the two.

    Refusals: ``NotFound``, ``NotAllowed``, ``CannotStandIn``.
    """
    row = _locked(stand_in)
    insist_administers(actor, row.principal_id, at, post=row.post_id or "")
    parties = (row.principal.subject, row.taker.subject, row.asked_by)
    if actor.reference in parties or row.confirmed_by is not None:
        raise CannotStandIn
    if row.ended_at is not None or row.valid_until <= at:
        raise CannotStandIn
    row.confirmed_by = actor.reference
    row.save(update_fields=["confirmed_by"])
    _note("stand_in_confirmed", row, actor, at)
    return queries.get_stand_in(row.key)


@transaction.atomic
def end_stand_in(*, stand_in: str, actor: Actor, at: datetime) -> StandInView:
    """The principal, the stand-in or who administers the place ends it; over with the next request.

    Refusals: ``NotFound``, ``NotAllowed``, ``CannotStandIn`` when it is over already.
    """
    row = _locked(stand_in)
    if actor.reference not in (row.principal.subject, row.taker.subject):
        insist_administers(actor, row.principal_id, at, post=row.post_id or "")
    if row.ended_at is not None:
        raise CannotStandIn
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    _note("stand_in_ended", row, actor, at)
    return queries.get_stand_in(row.key)


def insist_administers(actor: Actor, account: str, at: datetime, *, post: str = "") -> None:
    """May this official settle everything another one holds (or this post's part)? ``NotAllowed``.

    A local administrator only where every role of the other lies in his place and is his to give.
    """
    if actor.kind is ActorKind.MACHINE:
        return
    if actor.kind is not ActorKind.OFFICIAL or actor.on_behalf_of is not None:
        raise NotAllowed
    held = [g for g in queries.get_actor(account, at=at).grants if post in ("", g.post)]
    theirs = all(
        rules.may_grant(
            actor.grants,
            role=grant.role,
            division_code=grant.division_code,
            department=grant.department,
        )
        for grant in held
    )
    if not held or not theirs:
        raise NotAllowed


def end_all_for(post: str, *, actor: Actor, at: datetime) -> None:
    """A post that is no more is nobody's to stand in for."""
    rows = StandIn.objects.select_for_update(of=("self",)).filter(post=post, ended_at=None)
    for row in rows.select_related("principal", "taker"):
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        _note("stand_in_ended", row, actor, at)


def end_all_of(account: str, *, actor: Actor, at: datetime) -> None:
    """Nobody stands in for who has left, nor he for anybody."""
    for side in ("principal", "taker"):
        rows = StandIn.objects.select_for_update().filter(**{side: account}, ended_at=None)
        for row in rows.select_related("principal", "taker"):
            row.ended_at = at
            row.save(update_fields=["ended_at"])
            _note("stand_in_ended", row, actor, at)


def _locked(key: str) -> StandIn:
    rows = StandIn.objects.select_for_update(of=("self",)).select_related("principal", "taker")
    row = rows.filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def _note(act: str, row: StandIn, actor: Actor, at: datetime) -> None:
    journal.record(
        actor=actor,
        act=f"identity.{act}",
        subject=reference("account", row.principal_id),
        at=at,
        facts={"stand_in": row.key},
        subjects=[row.principal.subject, row.taker.subject],
    )
