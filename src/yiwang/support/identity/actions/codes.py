"""One-time codes by short message."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.identifiers import is_mobile, tidy_phone
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.identity.actions import attempts, devices, halls, throttling
from yiwang.support.identity.actions.sessions import open_session
from yiwang.support.identity.definitions import (
    CODE_DIGITS,
    CODE_LIFE,
    CODE_PAUSE,
    CODE_TRIES,
    CODES_PER_ADDRESS_AND_DAY,
    CODES_PER_HALL_AND_DAY,
    CODES_PER_PHONE_AND_DAY,
    AccountKind,
    CannotSignIn,
    Method,
    Origin,
    SignedIn,
    TooManyTries,
)
from yiwang.support.identity.definitions.places import PlaceKind
from yiwang.support.identity.models import Account, OneTimeCode
from yiwang.support.messages import actions as messages
from yiwang.support.messages import queries as message_queries

_DAY = timedelta(days=1)
_CODE = "identity.code"


def send_code(*, phone: str, origin: Origin, at: datetime) -> None:
    """Send a sign-in code to a phone. A phone without an account gets none, but the same answer.

    From a device its owner signed in on before, codes are counted and used apart: a stranger can
    neither use them up nor make them old. InvalidInput unless a mobile number; TooManyTries within a
    minute of the last one, after ten a day for a phone or a hundred for an address.
    """
    number = tidy_phone(phone)
    if not is_mobile(number):
        raise InvalidInput(
            fields=[FieldProblem("phone", "手机号码应为 11 位数字。", "请核对后重填。")]
        )
    account = _account(number)
    device = devices.known_device(origin.device, account.key) if account else ""
    with transaction.atomic(durable=True):
        _count_sending(number, device, origin, at)
        code = make_code(number, bound_to=device, at=at)
        if account is not None:
            write_code(number, code, at=at)


def make_code(number: str, *, bound_to: str, at: datetime) -> str:
    """A fresh code for a phone, good for five minutes and only where it was asked for."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    key = new_key()
    OneTimeCode.objects.create(
        key=key,
        phone_index=libraries.phone_index(number),
        code_digest=_digest(key, code),
        sent_at=at,
        expires_at=at + CODE_LIFE,
        bound_to=bound_to,
    )
    return code


def _count_sending(number: str, device: str, origin: Origin, at: datetime) -> None:
    owner = f"{device}|{number}" if device else number
    limits = [
        ("code-pause", owner, CODE_PAUSE, 1),
        ("code-phone", owner, _DAY, CODES_PER_PHONE_AND_DAY),
    ]
    if not device:
        hall = halls.locate(origin.address)
        if hall.kind is PlaceKind.HALL:
            limits.append(("code-hall", hall.key, _DAY, CODES_PER_HALL_AND_DAY))
        else:
            limits.append(("code-address", origin.address, _DAY, CODES_PER_ADDRESS_AND_DAY))
    count_codes(limits, at=at)


def count_codes(limits: Iterable[tuple[str, str, timedelta, int]], *, at: datetime) -> None:
    """One more short message for each (scope, subject, window, most); TooManyTries over any of them."""
    for scope, subject, window, most in limits:
        if throttling.hit(scope, subject, at=at, window=window, limit=most + 1) > most:
            raise TooManyTries("验证码发得太频繁了。", "请一分钟后再试；一天最多发 10 次。")


def write_code(number: str, code: str, *, at: datetime) -> None:
    """The short message itself."""
    minutes = str(int(CODE_LIFE.total_seconds()) // 60)
    text = message_queries.get_sms_text("sign-in-code", {"code": code, "minutes": minutes})
    messages.write_sms(phone=number, text=text, at=at, queue="urgent")


def _account(number: str) -> Account | None:
    rows = Account.objects.filter(kind=AccountKind.PERSON, active=True)
    return rows.filter(phone_index__in=libraries.phone_indexes(number)).first()


def sign_in_with_code(*, phone: str, code: str, origin: Origin, at: datetime) -> SignedIn:
    """A person signs in with the newest code sent to the phone; five tries, once, five minutes.

    CannotSignIn with one text for a wrong, old or used code and for a phone without account.
    """
    number = tidy_phone(phone)
    account = _account(number)
    attempt = attempts.begin(
        step="code", name=number, kind=AccountKind.PERSON, origin=origin, account=account
    )
    attempts.refuse_when_locked(attempt, at=at)
    right = use_code(number, code, bound_to=attempt.device, at=at)
    if account is None or not right:
        attempts.note_failure(attempt, account, at=at)
        raise CannotSignIn("验证码不正确或者已经过期。", "请核对短信，或重新获取验证码。")
    with transaction.atomic(durable=True):
        attempts.succeeded(attempt)
        return open_session(account=account, method=Method.CODE, origin=origin, at=at)


def use_code(number: str, code: str, *, bound_to: str, at: datetime) -> bool:
    """Spend one try on the newest code; True when it was right and had not been used."""
    indexes = libraries.phone_indexes(number)
    rows = OneTimeCode.objects.filter(phone_index__in=indexes, bound_to=bound_to)
    newest = rows.order_by("-sent_at").first()
    if newest is None:
        return False
    open_rows = OneTimeCode.objects.filter(key=newest.key, used_at__isnull=True, expires_at__gt=at)
    if not open_rows.filter(tries__lt=CODE_TRIES).update(tries=F("tries") + 1):
        return False
    given = f"{newest.key}|{code.strip()}"
    if not crypto.is_indexed(newest.code_digest, plain=given, purpose=_CODE):
        return False
    return open_rows.update(used_at=at) == 1


def _digest(key: str, code: str) -> str:
    return crypto.keyed_index(f"{key}|{code}", purpose=_CODE)
