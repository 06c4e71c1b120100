"""Sessions: made at sign-in, renamed when rights grow, ended for good."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotFound, NotSignedIn
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import (
    LONGEST_SESSION,
    TOUCH_EVERY,
    Method,
    SignedIn,
)
from yiwang.support.identity.models import Account, SignIn


def open_session(
    *, account: Account, method: Method, at: datetime, on_behalf_of: str | None = None
) -> SignedIn:
    """A new session with a new secret of 256 bits; runs in the caller's transaction."""
    token = secrets.token_urlsafe(32)
    row = SignIn.objects.create(
        token_digest=queries.token_digest(token),
        account=account,
        epoch=account.epoch,
        method=method,
        on_behalf_of=on_behalf_of,
        created_at=at,
        seen_at=at,
    )
    actor = queries.get_actor(account.key, at=at, on_behalf_of=on_behalf_of)
    journal.record(
        actor=actor,
        act="identity.signed_in",
        subject=reference("account", account.key),
        at=at,
        facts={"method": method.value, "session": row.key},
    )
    return SignedIn(token=token, actor=actor, max_age=int(LONGEST_SESSION.total_seconds()))


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
def choose_organization(
    *, session_key: str, organization: str | None, actor: Actor, at: datetime
) -> SignedIn:
    """A signed-in person goes on for a firm he legally represents, or (None) for himself again.

    The session gets a new secret. NotFound for a firm he does not represent today, NotSignedIn when
    the session has ended.
    """
    if organization is not None and not libraries.represents(actor.reference, organization):
        raise NotFound("您不是这个单位的法定代表人，或者这个单位已经不在登记状态。")
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
    return open_session(
        account=old.account, method=Method(old.method), at=at, on_behalf_of=organization
    )


def keep_alive(*, session_key: str, actor: Actor, at: datetime) -> bool:
    """Note that a session is in use, at most once a minute; False when it may not go on.

    Whoever no longer represents the firm he signed in for is out with the next note.
    """
    if actor.on_behalf_of and not libraries.represents(actor.reference, actor.on_behalf_of):
        SignIn.objects.filter(key=session_key, ended_at__isnull=True).update(ended_at=at)
        return False
    SignIn.objects.filter(key=session_key, seen_at__lte=at - TOUCH_EVERY).update(seen_at=at)
    return True
