"""Sessions: made at sign-in, renamed when rights grow, ended for good."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotFound, NotSignedIn
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import queries, rules
from yiwang.support.identity.actions import devices, halls
from yiwang.support.identity.definitions import (
    LONGEST_SESSION,
    NOWHERE,
    TOUCH_EVERY,
    Method,
    Origin,
    SignedIn,
)
from yiwang.support.identity.definitions.duties import CannotStandIn
from yiwang.support.identity.definitions.factors import RAISED_FOR, Proof
from yiwang.support.identity.definitions.sso import Vouching
from yiwang.support.identity.models import Account, SignIn
from yiwang.support.mandates import queries as mandates


def open_session(
    *,
    account: Account,
    method: Method,
    origin: Origin,
    at: datetime,
    on_behalf_of: str | None = None,
    mandate: str = "",
    stand_in: str = "",
    raised: tuple[int | None, datetime | None] = (None, None),
    vouched: Vouching | None = None,
) -> SignedIn:
    """A new session with a new secret of 256 bits; runs in the caller's transaction."""
    token = secrets.token_urlsafe(32)
    place = halls.locate(origin.address)
    row = SignIn.objects.create(
        token_digest=queries.token_digest(token),
        account=account,
        epoch=account.epoch,
        method=method,
        on_behalf_of=on_behalf_of,
        mandate=mandate,
        stand_in=stand_in,
        created_at=at,
        seen_at=at,
        device=rules.device_of(origin.agent),
        place=place.kind,
        place_name=place.name,
        raised_to=raised[0],
        raised_until=raised[1],
        vouched_level=vouched.level if vouched else None,
        vouched_by=vouched.by if vouched else "",
        vouched_at=vouched.at if vouched else None,
    )
    actor = queries.get_actor(account.key, at=at, on_behalf_of=on_behalf_of)
    if mandate:
        actor = mandates.carry(actor, mandate, at=at)
    if stand_in:
        actor = queries.standing_in(actor, stand_in, at=at)
    journal.record(
        actor=actor,
        act="identity.signed_in",
        subject=reference("account", account.key),
        at=at,
        facts={"method": method.value, "session": row.key, "place": place.kind.value},
    )
    return SignedIn(
        token=token,
        actor=replace(actor, assurance_level=level_of(row, account, at)),
        max_age=int(LONGEST_SESSION.total_seconds()),
        device=devices.remember(origin.device, account.key),
    )


def level_of(session: SignIn, account: Account, at: datetime) -> int:
    """The 实名等级 of a session now."""
    return rules.session_level(
        proofed=account.assurance_level,
        method=Method(session.method),
        raised_to=session.raised_to,
        raised_until=session.raised_until,
        vouched=session.vouched_level,
        at=at,
    )


def raise_session(
    session: SignIn,
    account: Account,
    proof: Proof,
    *,
    reached: int,
    actor: Actor,
    at: datetime,
    simulated: bool = False,
) -> SignedIn:
    """The owner proved more: the session is worth it for half an hour, with a new secret; runs in the
    caller's transaction. NotSignedIn when it has ended meanwhile."""
    until = at + RAISED_FOR
    if session.raised_until is not None and session.raised_until > at:
        if (session.raised_to or 0) > reached:  # a weaker proof does not lengthen a stronger one
            reached, until = session.raised_to or 0, session.raised_until
    token = secrets.token_urlsafe(32)
    rows = SignIn.objects.filter(token_digest=session.token_digest, ended_at__isnull=True)
    if not rows.update(
        token_digest=queries.token_digest(token), raised_to=reached, raised_until=until
    ):
        raise NotSignedIn
    journal.record(
        actor=actor,
        act="identity.stepped_up",
        subject=reference("account", account.key),
        at=at,
        facts={
            "proof": proof.value,
            "level": reached,
            "session": session.key,
            "simulated": simulated,
        },
    )
    session.raised_to, session.raised_until = reached, until
    return SignedIn(
        token=token,
        actor=replace(actor, assurance_level=level_of(session, account, at)),
        max_age=int((session.created_at + LONGEST_SESSION - at).total_seconds()),
    )


@transaction.atomic
def sign_out(*, session_key: str, actor: Actor, at: datetime) -> None:
    """The session is over at once, on every device that held its cookie; again changes nothing."""
    rows = SignIn.objects.filter(key=session_key, account__subject=actor.reference)
    if rows.filter(ended_at__isnull=True).update(ended_at=at):
        journal.record(
            actor=actor,
            act="identity.signed_out",
            subject=reference("session", session_key),
            at=at,
        )


@transaction.atomic
def end_session(*, session_key: str, actor: Actor, at: datetime) -> None:
    """The owner ends one of his sessions from another one. NotFound for another's or an ended one."""
    rows = SignIn.objects.filter(key=session_key, account__subject=actor.reference)
    if not rows.filter(ended_at__isnull=True).update(ended_at=at):
        raise NotFound
    journal.record(
        actor=actor, act="identity.session_ended", subject=reference("session", session_key), at=at
    )


@transaction.atomic
def end_other_sessions(*, session_key: str, actor: Actor, at: datetime) -> int:
    """Every session of the owner but this one is over; returns how many were."""
    rows = SignIn.objects.filter(account__subject=actor.reference, ended_at__isnull=True)
    ended = rows.exclude(key=session_key).update(ended_at=at)
    if ended:
        journal.record(
            actor=actor,
            act="identity.other_sessions_ended",
            subject=reference("session", session_key),
            at=at,
            facts={"ended": ended},
        )
    return ended


@transaction.atomic
def choose_organization(
    *,
    session_key: str,
    organization: str | None,
    actor: Actor,
    at: datetime,
    origin: Origin = NOWHERE,
) -> SignedIn:
    """A signed-in person goes on for a firm he legally represents, or (None) for himself again.

    The session gets a new secret. NotFound for a firm he does not represent today, NotSignedIn when
    the session has ended.
    """
    if organization is not None and not libraries.represents(actor.reference, organization):
        raise NotFound("您不是这个单位的法定代表人，或者这个单位已经不在登记状态。")
    old = _taken_over(session_key, actor, at)
    return _reopen(old, origin, at, on_behalf_of=organization)


@transaction.atomic
def choose_mandate(
    *, session_key: str, mandate: str, actor: Actor, at: datetime, origin: Origin = NOWHERE
) -> SignedIn:
    """A signed-in person goes on for whom a mandate lets him; ``choose_organization(None)`` ends it.

    The session gets a new secret. Refusals: NotFound (another's mandate, or one of a window),
    MandateOver, NotSignedIn.
    """
    oneself = replace(actor, on_behalf_of=None, mandate=None)
    acting = mandates.acting_for(actor=oneself, mandate_key=mandate, at=at)
    if acting.mandate is None or acting.mandate.present or acting.mandate.under:
        raise NotFound
    old = _taken_over(session_key, actor, at)
    return _reopen(old, origin, at, on_behalf_of=acting.on_behalf_of, mandate=mandate)


@transaction.atomic
def choose_stand_in(
    *, session_key: str, stand_in: str, actor: Actor, at: datetime, origin: Origin = NOWHERE
) -> SignedIn:
    """An official goes on with a colleague's work; ``choose_organization(None)`` leads back.

    Refusals: NotFound (not his to do), CannotStandIn (not begun, not confirmed, over), NotSignedIn.
    """
    view = queries.get_stand_in(stand_in)
    if view.taker != actor.reference:
        raise NotFound
    if not view.counts(at):
        raise CannotStandIn
    old = _taken_over(session_key, actor, at)
    return _reopen(old, origin, at, on_behalf_of=view.principal, stand_in=stand_in)


def _taken_over(session_key: str, actor: Actor, at: datetime) -> SignIn:
    """The old session, ended, so that a new one goes on."""
    old = (
        SignIn.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(key=session_key, ended_at__isnull=True, account__subject=actor.reference)
        .first()
    )
    if old is None:
        raise NotSignedIn
    old.ended_at = at
    old.save(update_fields=["ended_at"])
    return old


def _reopen(
    old: SignIn,
    origin: Origin,
    at: datetime,
    *,
    on_behalf_of: str | None,
    mandate: str = "",
    stand_in: str = "",
) -> SignedIn:
    return open_session(
        account=old.account,
        method=Method(old.method),
        origin=origin,
        at=at,
        on_behalf_of=on_behalf_of,
        mandate=mandate,
        stand_in=stand_in,
        raised=(old.raised_to, old.raised_until),
        vouched=Vouching(old.vouched_level, old.vouched_by, old.vouched_at or old.created_at)
        if old.method == Method.HOST
        else None,
    )


def keep_alive(*, session_key: str, actor: Actor, at: datetime) -> bool:
    """Note that a session is in use, at most once a minute; False when it may not go on.

    Whoever no longer represents the firm he signed in for is out with the next note.
    """
    firm = actor.on_behalf_of or ""
    if actor.mandate is not None or not firm.startswith("organization:"):
        firm = ""  # mandates and stand-ins are asked at every request
    if firm and not libraries.represents(actor.reference, firm):
        SignIn.objects.filter(key=session_key, ended_at__isnull=True).update(ended_at=at)
        return False
    SignIn.objects.filter(key=session_key, seen_at__lte=at - TOUCH_EVERY).update(seen_at=at)
    return True
