"""What is over is not kept: sessions, codes, answered questions and counters."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from yiwang.support.identity.definitions import LONGEST_SESSION
from yiwang.support.identity.models import (
    EmailCheck,
    HandOverCode,
    OneTimeCode,
    SignIn,
    SpentChallenge,
    Throttle,
)

_KEPT = timedelta(days=2)


def clear_away(*, at: datetime) -> int:
    """Delete what ended more than two days ago; returns how many rows. Safe to run at any time."""
    old = at - _KEPT
    over = Q(ended_at__lt=old) | Q(created_at__lt=old - LONGEST_SESSION)
    rows = (
        SignIn.objects.filter(over),
        OneTimeCode.objects.filter(expires_at__lt=old),
        EmailCheck.objects.filter(expires_at__lt=old),
        HandOverCode.objects.filter(expires_at__lt=old),
        SpentChallenge.objects.filter(spent_at__lt=old),
        Throttle.objects.filter(window_from__lt=old).filter(
            Q(locked_until__isnull=True) | Q(locked_until__lt=old)
        ),
    )
    return sum(row.delete()[0] for row in rows)
