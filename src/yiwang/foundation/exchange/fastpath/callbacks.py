"""Handing messages to a subscriber's own system: signed, in order of what they are about, until it says
that it has them; longer and longer pauses, then a dead letter for an operator.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from yarl import URL

from yiwang.foundation.exchange.fastpath import callers, envelope, questions
from yiwang.foundation.exchange.fastpath.refusals import (
    CallerUnknown,
    CannotCall,
    PartnerNonsense,
    RequestMalformed,
)
from yiwang.foundation.exchange.fastpath.snapshot import Caller
from yiwang.foundation.exchange.fastpath.subscriptions import Subscription, question_of
from yiwang.foundation.exchange.topics.definitions import MOST_TRIES, QUEUED
from yiwang.kernel import moments
from yiwang.mechanisms.jobs.rules import wait_seconds

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

#: So many different matters at once; those of one matter one after another.
AT_ONCE: Final = 8
WINDOW: Final = 64
CALLBACK_SECONDS: Final = 10.0
ACKNOWLEDGEMENT_BYTES: Final = 4_096
#: So many failures in a row, and the rest is spared for a while.
IN_A_ROW: Final = 5
#: What waits and is not held back by an earlier one about the same matter.
_WINDOW: Final = """
SELECT q.id, q.message, q.position, q.order_key, q.body, q.published_at, q.tries, q.resent
  FROM exchange_queued q
 WHERE q.subscription_id = %s AND q.state = 'WAITING' AND NOT EXISTS (
       SELECT 1 FROM exchange_queued h WHERE h.subscription_id = q.subscription_id
          AND h.order_key = q.order_key AND h.state = 'WAITING' AND h.next_at > %s)
 ORDER BY q.position LIMIT %s
"""
_SETTLE: Final = """
UPDATE exchange_queued q SET state = given.state, tries = given.tries, next_at = given.next_at,
       failure = given.failure, settled_at = given.settled_at,
       body = CASE WHEN given.state = 'DONE' THEN '' ELSE q.body END
  FROM json_to_recordset(%s::json) AS given(id bigint, state text, tries int,
       next_at timestamptz, failure text, settled_at timestamptz)
 WHERE q.id = given.id AND q.state = 'WAITING'
"""
_REST: Final = """
UPDATE exchange_subscription SET failures = %s, next_at = %s, failure = %s WHERE id = %s
   AND (failures, next_at, failure) IS DISTINCT FROM (%s, %s::timestamptz, %s)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in its queue."""

    id: int
    message: str
    position: int
    order: str
    body: str
    published_at: datetime
    tries: int
    resent: int


@dataclass(slots=True)
class Round:
    """What came of one window: written in one statement at its end."""

    in_a_row: int
    failure: str = ""
    outcomes: list[dict[str, Any]] | None = None

    @property
    def is_given_up(self) -> bool:
        return self.in_a_row >= IN_A_ROW


async def deliver(house: House, one: Subscription) -> None:
    """Window after window while something gets through. A refusal of grants stops it at once."""
    while one.next_at is None or one.next_at <= moments.now():
        if one.key not in house.active:
            return
        question_of(house, one)
        rows = await house.shelf.run(_WINDOW, [one.id, moments.now(), WINDOW])
        if not rows:
            return
        done = await _hand_over(house, one, [Waiting(*row) for row in rows])
        await house.shelf.run(_SETTLE, [json.dumps(done.outcomes, default=_moment)])
        rest = _pause(house, done.in_a_row) if done.is_given_up else None
        state = [done.in_a_row, rest, done.failure]
        await house.shelf.run(_REST, [*state, one.id, *state])
        one = replace(one, failures=done.in_a_row, next_at=rest)


async def _hand_over(house: House, one: Subscription, window: Sequence[Waiting]) -> Round:
    matters: dict[str, list[Waiting]] = defaultdict(list)
    for waiting in window:
        matters[waiting.order].append(waiting)
    # After a rest one is tried; only when it gets through the others follow.
    done = Round(min(one.failures, IN_A_ROW - 1), outcomes=[])
    places = asyncio.Semaphore(1 if one.failures else AT_ONCE)
    await asyncio.gather(*(_matter(house, one, m, done, places) for m in matters.values()))
    if done.is_given_up:
        done.in_a_row = max(done.in_a_row, one.failures + 1)
    return done


async def _matter(
    house: House,
    one: Subscription,
    messages: Sequence[Waiting],
    done: Round,
    places: asyncio.Semaphore,
) -> None:
    """One after another; behind one that was not taken the later ones wait."""
    async with places:
        for waiting in messages:
            if done.is_given_up or one.key not in house.active:
                return
            try:
                question_of(house, one)
                caller = _key_of(house, one)
            except CannotCall as refusal:
                done.failure = refusal.code
                return
            try:
                await _send(house, one, caller, waiting)
            except CannotCall as refusal:
                done.in_a_row, done.failure = done.in_a_row + 1, refusal.code
                assert done.outcomes is not None  # noqa: S101  # nosec B101
                done.outcomes.append(_failed(house, waiting, refusal.code))
                return
            done.in_a_row, done.failure = 0, ""
            assert done.outcomes is not None  # noqa: S101  # nosec B101
            done.outcomes.append(_outcome(waiting, "DONE", waiting.tries + 1))


async def _send(house: House, one: Subscription, caller: Caller, waiting: Waiting) -> None:
    """One POST; taken is what is answered with its own number. PartnerAway, PartnerNonsense, …"""
    raw = json.dumps(envelope_of(house, one, waiting), ensure_ascii=False).encode()
    headers = signed(house, caller, URL(one.callback), raw)
    answer = await house.upstreams.tell(
        one.callback,
        raw,
        headers,
        private_ok=one.private_ok,
        seconds=CALLBACK_SECONDS,
        most=ACKNOWLEDGEMENT_BYTES,
    )
    try:
        said = questions.plain_object(answer)
    except RequestMalformed as error:
        raise PartnerNonsense from error
    if said.get("message") != waiting.message:
        raise PartnerNonsense


def envelope_of(house: House, one: Subscription, waiting: Waiting) -> dict[str, Any]:
    """A message as a subscriber's system gets it, by callback or fetched."""
    return {
        "message": waiting.message,
        "topic": one.topic,
        "position": waiting.position,
        "order": waiting.order,
        "published_at": waiting.published_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "resent": waiting.resent > 0,
        "body": json.loads(house.sealer.open(waiting.body, QUEUED)),
    }


def signed(house: House, caller: Caller, url: URL, raw: bytes) -> dict[str, str]:
    """The headers of a call, in the other direction: by the subscriber's own key, or by this node's."""
    time, nonce = moments.now().isoformat(timespec="milliseconds"), secrets.token_hex(16)
    digest = envelope.digest(raw)
    text = envelope.text_of_request(
        method="POST",
        target=url.raw_path_qs,
        key_id=caller.key_id,
        time=time,
        nonce=nonce,
        digest=digest,
    )
    return {
        "X-Exchange-Key": caller.key_id,
        "X-Exchange-Time": time,
        "X-Exchange-Nonce": nonce,
        "X-Exchange-Digest": digest,
        "X-Exchange-Mac": callers.proof(house, caller, text),
    }


def _key_of(house: House, one: Subscription) -> Caller:
    """The subscriber's key that holds longest. CallerUnknown when it has none."""
    now, known = moments.now(), house.snapshots.current.callers.values()
    held = [c for c in known if c.system == one.system and c.valid_until > now]
    if not held:
        raise CallerUnknown
    return max(held, key=lambda caller: (caller.valid_until, caller.key_id))


def _failed(house: House, waiting: Waiting, code: str) -> dict[str, Any]:
    tries = waiting.tries + 1
    if tries >= MOST_TRIES:
        return _outcome(waiting, "DEAD", tries, failure=code)
    return _outcome(waiting, "WAITING", tries, failure=code, next_at=_pause(house, tries))


def _pause(house: House, tries: int) -> datetime:
    jitter = secrets.randbelow(1_000) / 1_000
    seconds = wait_seconds(attempts=tries - 1, jitter=jitter) * house.config.callback_pace
    return moments.now() + timedelta(seconds=seconds)


def _outcome(
    waiting: Waiting,
    state: str,
    tries: int,
    *,
    failure: str = "",
    next_at: datetime | None = None,
) -> dict[str, Any]:
    settled = None if state == "WAITING" else moments.now()
    return {
        "id": waiting.id,
        "state": state,
        "tries": tries,
        "failure": failure,
        "next_at": next_at,
        "settled_at": settled,
    }


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))
