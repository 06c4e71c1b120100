"""Signing in: password, passkey, second factor. Known and unknown accounts look the same, also in time."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import pyotp
from django.conf import settings
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import transaction
from django.db.models import Q

from yiwang.foundation.libraries import queries as libraries
from yiwang.support.identity import queries, rules
from yiwang.support.identity.actions import attempts, ceremonies
from yiwang.support.identity.actions.attempts import Attempt
from yiwang.support.identity.actions.sessions import open_session
from yiwang.support.identity.actions.spare_codes import spend_spare_code
from yiwang.support.identity.definitions import (
    AccountKind,
    CannotSignIn,
    LoginForm,
    Method,
    Origin,
    SecondFactorNeeded,
    SignedIn,
)
from yiwang.support.identity.definitions.factors import CannotUsePasskey, Ceremony, Challenge
from yiwang.support.identity.models import Account, Passkey

_TOTP_STEP_SECONDS = 30


@cache
def _nobodys_password() -> str:
    """What an unknown account's password is compared with: the work must be the same."""
    return make_password("nobody signs in with this")


def find_by_login(kind: AccountKind, login: str) -> Account | None:
    """The account a person means: by ID number, phone or user name, told apart by form."""
    match rules.form_of(login):
        case LoginForm.CITIZEN_ID:
            condition = Q(citizen_id_index__in=libraries.citizen_id_indexes(login))
        case LoginForm.PHONE:
            condition = Q(phone_index__in=libraries.phone_indexes(login))
        case LoginForm.USER_NAME:
            condition = Q(user_name=login.strip())
    return Account.objects.filter(condition, kind=kind).first()


def sign_in(
    *, kind: AccountKind, login: str, password: str, origin: Origin, at: datetime
) -> SignedIn | SecondFactorNeeded:
    """Somebody signs in with a password. Opens its own transaction: a failure must be kept too.

    ``login``: ID number, phone or user name. ``origin``: where from, by the configured proxies.
    An official with a second factor (always, outside the sample) gets ``SecondFactorNeeded``.
    CannotSignIn with one text for a wrong password, an unknown and a disabled account; TooManyTries
    when the name, the device or the address must wait.
    """
    account = find_by_login(kind, login)
    attempt = attempts.begin(
        step="password", name=rules.tidy_login(login), kind=kind, origin=origin, account=account
    )
    attempts.refuse_when_locked(attempt, at=at)
    encoded = _nobodys_password()
    if account is not None and is_password_usable(account.password):
        encoded = account.password
    right = check_password(password[:1024], encoded)
    if account is None or encoded is not account.password or not right or not account.active:
        attempts.note_failure(attempt, account, at=at)
        raise CannotSignIn
    if kind is AccountKind.OFFICIAL and (not settings.SAMPLE or queries.has_second_factor(account)):
        return SecondFactorNeeded(account.key, account.epoch)
    return _enter(account, Method.PASSWORD, attempt, origin, at=at)


def confirm_second_factor(
    *, needed: SecondFactorNeeded, number: str, origin: Origin, at: datetime
) -> SignedIn:
    """The official types the number his device shows, or one of his spare codes; each serves once.

    CannotSignIn for a wrong or used one, or when no device was enrolled; both count as the same try.
    """
    account, attempt = _half_way(needed, "totp", origin, at)
    if account is not None and spend_totp(account, number, at=at):
        return _enter(account, Method.PASSWORD_AND_TOTP, attempt, origin, at=at)
    if account is not None and spend_spare_code(account, number, at=at):
        return _enter(account, Method.PASSWORD_AND_SPARE, attempt, origin, at=at)
    attempts.note_failure(attempt, account, at=at)
    raise CannotSignIn("动态口令或者备用码不正确，或者已经用过。", "请等下一个口令出现后再输入。")


def begin_second_factor(*, needed: SecondFactorNeeded, at: datetime) -> Challenge:
    """The question for the passkeys of an official whose password was right.

    CannotUsePasskey when he has none.
    """
    known = list(Passkey.objects.filter(account=needed.account))
    if not known:
        raise CannotUsePasskey("这个账号没有登记通行密钥。", "请用动态口令，或联系安全管理员。")
    return ceremonies.ask(Ceremony.SECOND_FACTOR, known, bound_to=needed.account, at=at)


def confirm_with_passkey(
    *, needed: SecondFactorNeeded, state: str, answer: str, origin: Origin, at: datetime
) -> SignedIn:
    """The official's passkey answers as the second factor. CannotUsePasskey when it does not hold."""
    account, attempt = _half_way(needed, "passkey2", origin, at)
    passkey = _passkey(answer)
    try:
        if account is None or passkey is None or passkey.account_id != account.key:
            raise CannotUsePasskey
        with transaction.atomic():
            ceremonies.check(
                Ceremony.SECOND_FACTOR,
                state,
                passkey,
                ceremonies.read(answer),
                bound_to=needed.account,
                at=at,
            )
    except CannotUsePasskey:
        attempts.note_failure(attempt, account, at=at)
        raise
    return _enter(account, Method.PASSWORD_AND_PASSKEY, attempt, origin, at=at)


def _half_way(
    needed: SecondFactorNeeded, step: str, origin: Origin, at: datetime
) -> tuple[Account | None, Attempt]:
    """The account whose password was right, unless it changed meanwhile."""
    account = Account.objects.filter(
        key=needed.account, epoch=needed.epoch, active=True, kind=AccountKind.OFFICIAL
    ).first()
    attempt = attempts.begin(
        step=step, name=needed.account, kind=AccountKind.OFFICIAL, origin=origin, account=account
    )
    attempts.refuse_when_locked(attempt, at=at)
    return account, attempt


def begin_passkey_sign_in(*, at: datetime) -> Challenge:
    """The question any passkey for this site may answer; whose it is, the answer says."""
    return ceremonies.ask(Ceremony.SIGN_IN, None, bound_to="", at=at)


def sign_in_with_passkey(*, state: str, answer: str, origin: Origin, at: datetime) -> SignedIn:
    """A citizen signs in with a passkey alone: the device has seen finger, face or PIN.

    CannotUsePasskey with one text for an unknown, a wrong and an old answer and for a working
    account, which needs its password too; TooManyTries for an address that only fails.
    """
    passkey = _passkey(answer)
    account = passkey.account if passkey else None
    attempt = attempts.begin(
        step="passkey", name="", kind=AccountKind.PERSON, origin=origin, account=account
    )
    attempts.refuse_when_locked(attempt, at=at)
    try:
        if passkey is None or account is None or not account.active:
            raise CannotUsePasskey
        if account.kind != AccountKind.PERSON:
            raise CannotUsePasskey
        given = ceremonies.read(answer)
        with transaction.atomic():
            ceremonies.check(Ceremony.SIGN_IN, state, passkey, given, bound_to="", at=at)
    except CannotUsePasskey:
        attempts.note_failure(attempt, account, at=at)
        raise
    return _enter(account, Method.PASSKEY, attempt, origin, at=at)


def _passkey(answer: str) -> Passkey | None:
    """The passkey an answer names; None when it is nobody's or the answer cannot be read."""
    try:
        named = ceremonies.read(answer)["id"]
    except CannotUsePasskey:
        return None
    return Passkey.objects.select_related("account").filter(credential=named[:1400]).first()


def spend_totp(account: Account, number: str, *, at: datetime) -> bool:
    """Is this the number the official's device shows now, and not used yet?"""
    step = matching_step(account.totp_secret, number, at)
    rows = Account.objects.filter(key=account.key, totp_last_step__lt=step or 0)
    return step is not None and rows.update(totp_last_step=step) == 1


def matching_step(secret: str | None, number: str, at: datetime) -> int | None:
    """The half minute in which a device with this secret shows the number; None when it does not."""
    if not secret:
        return None
    totp = pyotp.TOTP(secret, interval=_TOTP_STEP_SECONDS)
    now = int(at.timestamp()) // _TOTP_STEP_SECONDS
    steps = (now - 1, now, now + 1)
    return next(
        (s for s in steps if pyotp.utils.strings_equal(number.strip(), totp.generate_otp(s))), None
    )


def _enter(
    account: Account, method: Method, attempt: Attempt, origin: Origin, *, at: datetime
) -> SignedIn:
    with transaction.atomic(durable=True):
        attempts.succeeded(attempt)
        return open_session(account=account, method=method, origin=origin, at=at)
