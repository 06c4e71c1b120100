"""Counters that slow guessing down: one row per account name, phone or address, moved atomically."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.identity.definitions import LOCK_TIME
from yiwang.support.identity.models import Throttle

_HIT = """
insert into identity_throttle as t (scope, subject_digest, window_from, count, locked_until)
values (%(scope)s, %(subject)s, %(at)s, 1, case when %(limit)s <= 1 then %(lock)s end)
on conflict (scope, subject_digest) do update set
    count = case when t.window_from <= %(begin)s then 1 else t.count + 1 end,
    window_from = case when t.window_from <= %(begin)s then %(at)s else t.window_from end,
    locked_until = case
        when (case when t.window_from <= %(begin)s then 1 else t.count + 1 end) >= %(limit)s
        then %(lock)s else t.locked_until end
returning count
"""


def digest_of(subject: str) -> str:
    """Counters know a subject by digest only: names, numbers and addresses are not kept."""
    return crypto.keyed_index(subject, purpose="identity.throttle")


def hit(scope: str, subject: str, *, at: datetime, window: timedelta, limit: int) -> int:
    """Count one more; at ``limit`` the subject is locked for a while. Returns the count."""
    with connection.cursor() as cursor:
        cursor.execute(
            _HIT,
            {
                "scope": scope,
                "subject": digest_of(subject),
                "at": at,
                "begin": at - window,
                "lock": at + LOCK_TIME,
                "limit": limit,
            },
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def within_pace(who: str, *, limits: Mapping[str, tuple[timedelta, int]], at: datetime) -> bool:
    """Count one more question of ``who``; False once any limit is passed.

    ``limits``: scope → (window, most). Every scope counts also when another has refused.
    """
    counts = [
        hit(scope, who, at=at, window=window, limit=most + 1) <= most
        for scope, (window, most) in limits.items()
    ]
    return all(counts)


def is_locked(*pairs: tuple[str, str], at: datetime) -> bool:
    """Is any of these (scope, subject) locked now? One question to the database."""
    digests = [digest_of(subject) for _, subject in pairs]
    rows = Throttle.objects.filter(subject_digest__in=digests, locked_until__gt=at)
    wanted = {(scope, digest) for (scope, _), digest in zip(pairs, digests, strict=True)}
    return any(pair in wanted for pair in rows.values_list("scope", "subject_digest"))


def forget(scope: str, subject: str) -> None:
    """A success ends the count."""
    Throttle.objects.filter(scope=scope, subject_digest=digest_of(subject)).delete()
