"""Every try to prove oneself moves counters: who fails waits, and nobody else waits for it.

A device on which the account signed in well before has a counter of its own: a stranger's failures
do not lock the owner out there. Elsewhere the name counts, apart for each hall, and the place: an
address is locked for a while, a hall only slowed down, and officials are not slowed by their hall.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from yiwang.kernel.actor import ANONYMOUS, Actor
from yiwang.kernel.references import reference
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity.actions import devices, halls, throttling
from yiwang.support.identity.definitions import (
    FAILURE_WINDOW,
    FAILURES_BEFORE_LOCK,
    FAILURES_PER_ADDRESS_BEFORE_LOCK,
    FAILURES_PER_HALL_BEFORE_PAUSE,
    FIRST_WAIT,
    HALL_PAUSE,
    LOCK_TIME,
    AccountKind,
    Origin,
    TooManyTries,
)
from yiwang.support.identity.definitions.places import Place, PlaceKind
from yiwang.support.identity.models import Account


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: failures up to ``limit`` are free, then they cost a wait."""

    scope: str
    subject: str
    limit: int = FAILURES_BEFORE_LOCK
    first: timedelta = FIRST_WAIT
    longest: timedelta = LOCK_TIME


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the counters it moves, the first of them forgotten after a success."""

    name: str
    counters: tuple[Counter, ...]
    device: str  # the known device's number, "" elsewhere
    place: Place


def begin(
    *, step: str, name: str, kind: AccountKind, origin: Origin, account: Account | None
) -> Attempt:
    """What this try counts against. ``step``: PASSWORD, code, totp …; ``name``: what was typed."""
    device = devices.known_device(origin.device, account.key) if account else ""
    place = halls.locate(origin.address)
    called = f"{step}:{kind.value}:{name}"
    if device and account:
        own = Counter("device", f"{device}|{step}|{account.key}")
        return Attempt(called, (own,), device, place)
    counters = [Counter("account", f"{place.key}|{called}")] if name else []
    if place.kind is not PlaceKind.HALL:
        counters.append(_of_address(step, origin.address))
    elif kind is AccountKind.PERSON:
        counters.append(_of_hall(step, place.key))
    return Attempt(called, tuple(counters), "", place)


def _of_address(step: str, address: str) -> Counter:
    subject = f"{step}|{address}" if step == "passkey" else address
    return Counter("address", subject, FAILURES_PER_ADDRESS_BEFORE_LOCK)


def _of_hall(step: str, hall: str) -> Counter:
    return Counter("hall", f"{step}|{hall}", FAILURES_PER_HALL_BEFORE_PAUSE, HALL_PAUSE, HALL_PAUSE)


def refuse_when_locked(attempt: Attempt, *, at: datetime) -> None:
    """TooManyTries, with how long to wait, whether the account exists or not."""
    pairs = [(counter.scope, counter.subject) for counter in attempt.counters]
    wait = throttling.seconds_to_wait(*pairs, at=at) if pairs else 0
    if wait:
        refusal = TooManyTries()
        refusal.retry_after_seconds = wait
        raise refusal


def note_failure(
    attempt: Attempt,
    account: Account | None,
    *,
    at: datetime,
    actor: Actor = ANONYMOUS,
    act: str = "sign_in_failed",
) -> None:
    """Count and journal a failed try, in a transaction of its own that outlives the refusal."""
    with transaction.atomic(durable=True):
        for counter in attempt.counters:
            throttling.hit(
                counter.scope,
                counter.subject,
                at=at,
                window=FAILURE_WINDOW,
                limit=counter.limit,
                first=counter.first,
                longest=counter.longest,
            )
        key = account.key if account else throttling.digest_of(attempt.name)[:16]
        journal.record(
            actor=actor,
            act=f"identity.{act}",
            subject=reference("account" if account else "login", key),
            at=at,
            result="REFUSED",
            facts={"place": attempt.place.kind.value, "known_device": bool(attempt.device)},
        )


def succeeded(attempt: Attempt) -> None:
    """A success ends the count of the name or of the known device, not of the place."""
    for counter in attempt.counters:
        if counter.scope in ("account", "device"):
            throttling.forget(counter.scope, counter.subject)
