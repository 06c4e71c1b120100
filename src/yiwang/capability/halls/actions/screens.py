"""The applicant's screen: paired with one window by a code that is typed once."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.halls.actions.shifts import locked_shift
from yiwang.capability.halls.definitions import CODE_LIFE, WrongCode
from yiwang.capability.halls.models import ScreenPairing
from yiwang.kernel.actor import Actor, machine
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import actions as journal

_DIGITS: Final = 8
_CODE: Final = "halls.pairing_code"
_SCREEN: Final = machine("screen")


@transaction.atomic
def offer_code(*, actor: Actor, at: datetime) -> str:
    """Eight digits to type on the screen of one's window, for five minutes. ``NotOnDuty``."""
    shift = locked_shift(actor)
    ScreenPairing.objects.filter(counter=shift.counter, paired_at=None, ended_at=None).update(
        ended_at=at
    )
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    ScreenPairing.objects.create(
        counter=shift.counter, code_digest=_digest(code), code_until=at + CODE_LIFE
    )
    journal.record(actor=actor, act="halls.offer_code", subject=shift.counter.reference, at=at)
    return code


@transaction.atomic
def pair(*, code: str, at: datetime) -> str:
    """The screen that typed the code belongs to the window; another one before it does no more.

    Returns the screen's secret. Refuses ``WrongCode``; the caller slows guessing down.
    """
    rows = ScreenPairing.objects.select_for_update(of=("self",)).select_related("counter")
    row = rows.filter(
        code_digest__in=crypto.keyed_indexes("".join(code.split()), purpose=_CODE), paired_at=None, ended_at=None,
        code_until__gt=at,
    ).first()  # fmt: skip
    if row is None:
        raise WrongCode
    ScreenPairing.objects.filter(
        counter=row.counter, paired_at__isnull=False, ended_at=None
    ).update(ended_at=at)
    token = secrets.token_urlsafe(32)
    ScreenPairing.objects.filter(pk=row.pk).update(
        paired_at=at, token_digest=crypto.digest(token.encode())
    )
    journal.record(actor=_SCREEN, act="halls.pair", subject=row.counter.reference, at=at)
    return token


@transaction.atomic
def end_pairing(*, actor: Actor, at: datetime) -> None:
    """The window's screen shows nothing any more. ``NotOnDuty``."""
    shift = locked_shift(actor)
    ScreenPairing.objects.filter(counter=shift.counter, ended_at=None).update(ended_at=at)
    journal.record(actor=actor, act="halls.end_pairing", subject=shift.counter.reference, at=at)


def _digest(code: str) -> str:
    return crypto.keyed_index(code, purpose=_CODE)
