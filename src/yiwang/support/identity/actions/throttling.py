"""Counters that slow guessing down: one row per name, device, phone or place, moved atomically."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.identity.definitions import LOCK_TIME
from yiwang.support.identity.models import Throttle

_NEW_COUNT = "(case when t.window_from <= %(begin)s then 1 else t.count + 1 end)"
_WAIT = """
    %(at)s::timestamptz
    + least(%(longest)s, %(first)s * power(2, least({count} - %(limit)s, 20))) * interval '1 second'
"""
_HIT = f"""
insert into identity_throttle as t (scope, subject_digest, window_from, count, locked_until)
values (%(scope)s, %(subject)s, %(at)s, 1,
        case when %(limit)s <= 1 then {_WAIT.format(count="1")} end)
on conflict (scope, subject_digest) do update set
    count = {_NEW_COUNT},
    window_from = case when t.window_from <= %(begin)s then %(at)s else t.window_from end,
    locked_until = case when {_NEW_COUNT} >= %(limit)s
        then {_WAIT.format(count=_NEW_COUNT)} else t.locked_until end
returning count
"""  # noqa: S608 # nosec B608 fixed text only


def digest_of(subject: str) -> str:
    """Counters know a subject by digest only: names, numbers and addresses are not kept."""
    return crypto.keyed_index(subject, purpose="identity.throttle")


def hit(
    scope: str,
    subject: str,
    *,
    at: datetime,
    window: timedelta,
    limit: int,
    first: timedelta = LOCK_TIME,
    longest: timedelta = LOCK_TIME,
) -> int:
    """Count one more; from ``limit`` on each costs a wait, doubled each time. Returns the count."""
    with connection.cursor() as cursor:
        cursor.execute(
            _HIT,
            {
                "scope": scope,
                "subject": digest_of(subject),
                "at": at,
                "begin": at - window,
                "first": first.total_seconds(),
                "longest": longest.total_seconds(),
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


def seconds_to_wait(*pairs: tuple[str, str], at: datetime) -> int:
    """How long until none of these (scope, subject) is locked; 0: now. One question."""
    digests = [digest_of(subject) for _, subject in pairs]
    rows = Throttle.objects.filter(subject_digest__in=digests, locked_until__gt=at)
    wanted = {(scope, digest) for (scope, _), digest in zip(pairs, digests, strict=True)}
    waits = [
        (until - at).total_seconds()
        for scope, digest, until in rows.values_list("scope", "subject_digest", "locked_until")
        if until is not None and (scope, digest) in wanted
    ]
    return math.ceil(max(waits, default=0))


def forget(scope: str, subject: str) -> None:
    """A success ends the count."""
    Throttle.objects.filter(scope=scope, subject_digest=digest_of(subject)).delete()
