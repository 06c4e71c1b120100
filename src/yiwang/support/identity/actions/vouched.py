"""At a member: whom the host let in stays in only while the host stands by it.

The member asks by an ordinary service of the exchange (``STANDING``): every two minutes about all living
sessions, and once more before an act that binds. What the host no longer stands by ends at once; when the host
is silent a session goes on for half an hour after its last word.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange.definitions import CallStatus
from yiwang.kernel.actor import machine
from yiwang.kernel.references import reference
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import IDLE, AccountKind, Method
from yiwang.support.identity.definitions.sso import (
    ASK_EVERY,
    MOST_ASKED,
    PURPOSE,
    REDEEM_SECONDS,
    SILENCE,
    STANDING,
    STANDING_SECONDS,
)
from yiwang.support.identity.models import SignIn

_BY: Final = machine("identity")


def ask_host(*, at: datetime) -> int:
    """Ask about every living session whose last word is two minutes old; how many ended. Never inside a
    transaction, safe to repeat; a host that is away is asked again by the next round."""
    rows = _let_in().annotate(word=Coalesce("vouched_at", "created_at"))
    silent = rows.filter(word__lte=at - SILENCE)
    ended = _end([row.key for row in silent[:MOST_ASKED]], "host silent", at)
    due = rows.filter(word__lte=at - ASK_EVERY, word__gt=at - SILENCE)
    used = due.filter(seen_at__gt=at - IDLE[AccountKind.PERSON]).order_by("key")
    last = ""
    while batch := list(used.filter(key__gt=last)[:MOST_ASKED]):
        last = batch[-1].key
        standing = _ask({row.vouched_by for row in batch}, seconds=REDEEM_SECONDS, at=at)
        if standing is None:
            break
        ended += _settle(batch, standing, at)
    return ended


def still_vouched(*, session_key: str, at: datetime) -> bool:
    """Before something that binds: does the host stand by this session now? A silent host leaves it as it
    is, for as long as it may be silent. Never inside a transaction."""
    row = _let_in().filter(key=session_key).first()
    if row is None:
        return False
    standing = _ask({row.vouched_by}, seconds=STANDING_SECONDS, at=at)
    return standing is None or not _settle([row], standing, at)


def _let_in() -> QuerySet[SignIn]:
    return SignIn.objects.filter(method=Method.HOST, ended_at__isnull=True)


def _ask(codes: set[str], *, seconds: float, at: datetime) -> frozenset[str] | None:
    """Which of them the host stands by; None when nothing is known."""
    host = queries.find_host()
    if host is None:
        return None
    reply = calls.call(
        service=STANDING.code_at(host.code),
        parameters={"codes": sorted(codes)},
        purpose=PURPOSE,
        item=PURPOSE,
        fields=[field.name for field in STANDING.fields],
        limit_seconds=seconds,
        at=at,
    )
    told = reply.value.get("standing") if isinstance(reply.value, dict) else None
    if reply.status is not CallStatus.FOUND or not isinstance(told, list):
        return None
    return frozenset(one for one in told if isinstance(one, str))


def _settle(rows: Collection[SignIn], standing: frozenset[str], at: datetime) -> int:
    """The host's word is noted or the session over; how many are. One that got a newer word meanwhile stays."""
    stand = [row.key for row in rows if row.vouched_by in standing]
    fell = {row.key: row.vouched_by for row in rows if row.vouched_by not in standing}
    _let_in().filter(key__in=stand).update(vouched_at=at)
    same = _let_in().filter(key__in=fell, vouched_by__in=set(fell.values()))
    return _end(list(same.values_list("key", flat=True)), "not vouched for", at)


@transaction.atomic
def _end(keys: Collection[str], reason: str, at: datetime) -> int:
    rows = _let_in().filter(key__in=keys).select_for_update(of=("self",))
    for row in rows:
        journal.record(
            actor=_BY,
            act="identity.session_ended",
            subject=reference("session", row.key),
            at=at,
            facts={"reason": reason},
        )
    return _let_in().filter(key__in=[row.key for row in rows]).update(ended_at=at)
