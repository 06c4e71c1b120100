"""Password sign-in and the second factor. Known and unknown accounts look the same, also in time."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import pyotp
from django.conf import settings
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import transaction
from django.db.models import Q

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import ANONYMOUS
from yiwang.kernel.references import reference
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import rules
from yiwang.support.identity.actions import throttling
from yiwang.support.identity.actions.sessions import open_session
from yiwang.support.identity.definitions import (
    FAILURE_WINDOW,
    FAILURES_BEFORE_LOCK,
    FAILURES_PER_ADDRESS_BEFORE_LOCK,
    AccountKind,
    CannotSignIn,
    LoginForm,
    Method,
    SecondFactorNeeded,
    SignedIn,
    TooManyTries,
)
from yiwang.support.identity.models import Account

_TOTP_STEP_SECONDS = 30


@cache
def _nobodys_password() -> str:
    """What an unknown account's password is compared with: the work must be the same."""
    return make_password("nobody signs in with this")


def find_by_login(kind: AccountKind, login: str) -> Account | None:
    """The account a person means: by ID number, phone or user name, told apart by form."""
    match rules.form_of(login):
        case LoginForm.CITIZEN_ID:
            condition = Q(citizen_id_index=libraries.citizen_id_index(login))
        case LoginForm.PHONE:
            condition = Q(phone_index=libraries.phone_index(login))
        case LoginForm.USER_NAME:
            condition = Q(user_name=login.strip())
    return Account.objects.filter(condition, kind=kind).first()


def sign_in(
    *, kind: AccountKind, login: str, password: str, address: str, at: datetime
) -> SignedIn | SecondFactorNeeded:
    """Somebody signs in with a password. Opens its own transaction: a failure must be kept too.

    ``login``: ID number, phone or user name. ``address``: where from, by the configured proxies.
    An official with a second factor (always, outside the sample) gets ``SecondFactorNeeded``.
    CannotSignIn with one text for a wrong password, an unknown and a disabled account; TooManyTries
    when the account name or the address is locked.
    """
    name = f"{kind.value}:{rules.tidy_login(login)}"
    refuse_when_locked(name, address, at=at)
    account = find_by_login(kind, login)
    encoded = _nobodys_password()
    if account is not None and is_password_usable(account.password):
        encoded = account.password
    right = check_password(password[:1024], encoded)
    if account is None or encoded is not account.password or not right or not account.active:
        note_failure(name, address, account, at=at)
        raise CannotSignIn
    if kind is AccountKind.OFFICIAL and (account.totp_secret or not settings.SAMPLE):
        return SecondFactorNeeded(account.key, account.epoch)
    return _enter(account, Method.PASSWORD, name, at=at)


def confirm_second_factor(
    *, needed: SecondFactorNeeded, number: str, address: str, at: datetime
) -> SignedIn:
    """The official types the number his device shows; each number serves once.

    CannotSignIn for a wrong or used number, or when no device was enrolled.
    """
    name = f"totp:{needed.account}"
    refuse_when_locked(name, address, at=at)
    account = Account.objects.filter(
        key=needed.account, epoch=needed.epoch, active=True, kind=AccountKind.OFFICIAL
    ).first()
    step = _matching_step(account.totp_secret, number, at) if account else None
    fresh = step is not None and Account.objects.filter(
        key=needed.account, totp_last_step__lt=step
    ).update(totp_last_step=step)
    if account is None or not fresh:
        note_failure(name, address, account, at=at)
        raise CannotSignIn("动态口令不正确或者已经用过。", "请等下一个口令出现后再输入。")
    return _enter(account, Method.PASSWORD_AND_TOTP, name, at=at)


def _matching_step(secret: str | None, number: str, at: datetime) -> int | None:
    if not secret:
        return None
    totp = pyotp.TOTP(secret, interval=_TOTP_STEP_SECONDS)
    now = int(at.timestamp()) // _TOTP_STEP_SECONDS
    steps = (now - 1, now, now + 1)
    return next(
        (s for s in steps if pyotp.utils.strings_equal(number.strip(), totp.generate_otp(s))), None
    )


def _enter(account: Account, method: Method, name: str, *, at: datetime) -> SignedIn:
    with transaction.atomic(durable=True):
        throttling.forget("account", name)
        return open_session(account=account, method=method, at=at)


def refuse_when_locked(name: str, address: str, *, at: datetime) -> None:
    """TooManyTries when this name or this address failed too often, whether it exists or not."""
    if throttling.is_locked(("account", name), ("address", address), at=at):
        raise TooManyTries


def note_failure(name: str, address: str, account: Account | None, *, at: datetime) -> None:
    """Count and journal a failed try, in a transaction of its own that outlives the refusal."""
    with transaction.atomic(durable=True):
        throttling.hit("account", name, at=at, window=FAILURE_WINDOW, limit=FAILURES_BEFORE_LOCK)
        throttling.hit(
            "address", address, at=at, window=FAILURE_WINDOW, limit=FAILURES_PER_ADDRESS_BEFORE_LOCK
        )
        key = account.key if account else throttling.digest_of(name)[:16]
        journal.record(
            actor=ANONYMOUS,
            act="identity.sign_in_failed",
            subject=reference("account" if account else "login", key),
            at=at,
            result="REFUSED",
        )
