"""Passkeys of an account: added, named, removed, and never the last way in."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import is_password_usable
from django.db import IntegrityError, transaction

from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound, NotSignedIn
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity.actions import ceremonies
from yiwang.support.identity.actions.telling import tell_owner
from yiwang.support.identity.definitions import AccountKind
from yiwang.support.identity.definitions.factors import (
    FRESH_FOR,
    MOST_PASSKEYS,
    CannotChangePasskeys,
    CannotUsePasskey,
    Challenge,
    NeedsStepUp,
)
from yiwang.support.identity.models import Account, Passkey, SignIn

_LONGEST_NAME = 40


def begin_passkey(*, session_key: str, actor: Actor, at: datetime) -> Challenge:
    """The owner is about to add a passkey: the question for the device.

    NeedsStepUp unless he proved himself within fifteen minutes; CannotChangePasskeys at ten.
    """
    account = insist_on_fresh(session_key, actor, at)
    known = list(Passkey.objects.filter(account=account))
    _insist_on_room(len(known))
    return ceremonies.ask_new(account, known, bound_to=session_key, at=at)


@transaction.atomic
def add_passkey(
    *, session_key: str, name: str, state: str, answer: str, actor: Actor, at: datetime
) -> str:
    """Keep the passkey the device made, under a name its owner knows it by. Returns its key.

    As ``begin_passkey``; InvalidInput without a name; CannotUsePasskey when the answer does not hold.
    """
    account = insist_on_fresh(session_key, actor, at, lock=True)
    named = _tidy(name)
    _insist_on_room(Passkey.objects.filter(account=account).count())
    made = ceremonies.check_new(state, ceremonies.read(answer), bound_to=session_key, at=at)
    credential = made.credential_data
    if credential is None:
        raise CannotUsePasskey
    try:
        with transaction.atomic():
            row = Passkey.objects.create(
                account=account,
                name=named,
                credential=ceremonies.credential_id(credential),
                public_key=bytes(credential),
                sign_count=made.counter,
                synced=bool(made.flags & made.FLAG.BS),
                created_at=at,
            )
    except IntegrityError as error:
        raise CannotUsePasskey("这把通行密钥已经登记过了。", "请换一台设备。") from error
    _note("passkey_added", row, actor, at, synced=row.synced)
    tell_owner(account, "添加了一把通行密钥", at=at)
    return row.key


@transaction.atomic
def rename_passkey(*, passkey: str, name: str, actor: Actor, at: datetime) -> None:
    """The owner gives a passkey another name. NotFound for another's, InvalidInput without a name."""
    named = _tidy(name)
    row = Passkey.objects.filter(key=passkey, account__subject=actor.reference).first()
    if row is None or actor.scopes is not None:
        raise NotFound
    Passkey.objects.filter(key=passkey).update(name=named)
    _note("passkey_renamed", row, actor, at)


@transaction.atomic
def remove_passkey(*, passkey: str, session_key: str, actor: Actor, at: datetime) -> None:
    """The owner gives a passkey up; his other sessions end, for the device may be lost.

    NeedsStepUp unless freshly proved; NotFound for another's; CannotChangePasskeys when nothing else
    would let a citizen in or be an official's second factor.
    """
    account = insist_on_fresh(session_key, actor, at, lock=True)
    row = Passkey.objects.filter(key=passkey, account=account).first()
    if row is None:
        raise NotFound
    others = Passkey.objects.filter(account=account).exclude(key=passkey).exists()
    if not others and not _has_another_way(account):
        raise CannotChangePasskeys
    row.delete()
    sessions = SignIn.objects.filter(account=account, ended_at__isnull=True)
    sessions.exclude(key=session_key).update(ended_at=at)
    row.key = passkey
    _note("passkey_removed", row, actor, at)
    tell_owner(account, "删除了一把通行密钥", at=at)


def _has_another_way(account: Account) -> bool:
    if account.kind == AccountKind.OFFICIAL:
        return bool(account.totp_secret)
    return bool(account.phone_index) or is_password_usable(account.password)


def insist_on_fresh(session_key: str, actor: Actor, at: datetime, *, lock: bool = False) -> Account:
    """The account behind a session whose owner proved himself lately; NeedsStepUp otherwise."""
    if actor.scopes is not None:
        raise NotAllowed("令牌不能改登录方式。", "请登录后办理。")
    session = SignIn.objects.filter(
        key=session_key, account__subject=actor.reference, ended_at__isnull=True
    ).first()
    if session is None:
        raise NotSignedIn
    raised = session.raised_until is not None and session.raised_until > at
    if not raised and session.created_at <= at - FRESH_FOR:
        raise NeedsStepUp(fresh=True)
    rows = Account.objects.select_for_update() if lock else Account.objects
    return rows.get(key=session.account_id)


def _insist_on_room(number: int) -> None:
    if number >= MOST_PASSKEYS:
        raise CannotChangePasskeys(f"通行密钥最多 {MOST_PASSKEYS} 把。", "请先删除不用的。")


def _tidy(name: str) -> str:
    named = " ".join(name.split())[:_LONGEST_NAME]
    if not named:
        problem = FieldProblem("name", "还没有给它起名字。", "例如“我的手机”。")
        raise InvalidInput(fields=[problem])
    return named


def _note(act: str, row: Passkey, actor: Actor, at: datetime, **facts: bool) -> None:
    journal.record(
        actor=actor,
        act=f"identity.{act}",
        subject=reference("account", row.account_id),
        at=at,
        facts={"passkey": row.key, **facts},
    )
