"""The subscriber's node: fetches for each subscription what is new, and keeps it until it is handed over.

The cursor moves in the statement that queues what was fetched, so whatever dies where, nothing is
lost and nothing is queued twice.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from yiwang.foundation.exchange.fastpath import envelope, grants, questions, topics
from yiwang.foundation.exchange.fastpath.callbacks import deliver
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    ExchangeAway,
    PartnerNonsense,
    QueueIsFull,
    RequestMalformed,
    by_code,
)
from yiwang.foundation.exchange.fastpath.subscriptions import ACTIVE, Subscription, question_of
from yiwang.foundation.exchange.topics import rules
from yiwang.foundation.exchange.topics.definitions import QUEUED
from yiwang.kernel import moments

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

_log = logging.getLogger("yiwang.exchange")

EVERY_SECONDS: Final = 1.0
_FETCH_SECONDS: Final = 30.0
_WAITING: Final = """
SELECT count(*) FROM (SELECT 1 FROM exchange_queued
 WHERE subscription_id = %s AND state = 'WAITING' LIMIT %s) AS waiting
"""
_TAKE: Final = """
WITH moved AS (
    UPDATE exchange_subscription SET position = %s, fetched_at = %s, failure = ''
     WHERE id = %s AND state = 'ACTIVE' AND position IS NOT DISTINCT FROM %s RETURNING id)
INSERT INTO exchange_queued (message, subscription_id, position, order_key, body, published_at,
       taken_at, state, tries, failure, resent)
SELECT given.message, moved.id, given.position, given.order_key, given.body, given.published_at,
       %s, 'WAITING', 0, '', 0
  FROM moved, json_to_recordset(%s::json) AS given(message text, position bigint, order_key text,
       body text, published_at timestamptz)
    ON CONFLICT (message) DO NOTHING
"""
_SAID: Final = """
UPDATE exchange_subscription SET failure = %s WHERE id = %s AND failure <> %s
"""


class Subscriptions:
    """One fetching and one handing over at a time for each subscription; a slow one delays no other."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def keep(self) -> None:
        """For ever: each second, whatever is active and not busy begins again."""
        while True:
            try:
                self._house.receipts.require()
                if self._house.remembered:
                    await self._round()
            except ExchangeAway:
                _log.debug("subscriptions wait for the database")
            await asyncio.sleep(EVERY_SECONDS)

    async def _round(self) -> None:
        rows = await self._house.shelf.run(ACTIVE)
        active = [Subscription(*row) for row in rows]
        self._house.active = {one.key: one for one in active}
        for one in active:
            self._begin("fetch", one, self._fetch_all)
            if one.callback:
                self._begin("callback", one, self._deliver)

    def _begin(
        self, kind: str, one: Subscription, work: Callable[[Subscription], Awaitable[None]]
    ) -> None:
        name = (kind, one.key)
        if name in self._running:
            return
        task = asyncio.ensure_future(self._guarded(one, work))
        self._running[name] = task
        task.add_done_callback(lambda _done: self._running.pop(name, None))

    async def _guarded(
        self, one: Subscription, work: Callable[[Subscription], Awaitable[None]]
    ) -> None:
        """A refusal is written down, once, and tried again; an error of our own is logged."""
        try:
            await work(one)
        except ExchangeAway:
            _log.debug("subscription %s waits for the database", one.key)
        except CannotCall as refusal:
            if refusal.code != one.failure:
                await self._house.shelf.run(_SAID, [refusal.code, one.id, refusal.code])
        except Exception:
            _log.exception("subscription %s", one.key)

    async def _deliver(self, one: Subscription) -> None:
        await deliver(self._house, one)

    async def _fetch_all(self, one: Subscription) -> None:
        house, position = self._house, one.position
        while True:
            at = moments.now()
            question = question_of(house, one)
            question.parameters["after"] = position
            limit = one.queue_most
            ((waiting,),) = await house.shelf.run(_WAITING, [one.id, limit])
            if waiting >= limit:
                raise QueueIsFull
            question.parameters["most"] = min(topics.MOST, limit - waiting)
            given = await _ask(house, question)
            told = read(house, question, given, position)
            receipts = [
                topics.receipt(house, question, m, side="CONSUMER", node=house.config.node, at=at)
                for m in told
            ]
            grants.check(house.snapshots.current, question, node=house.config.node, at=at)
            await topics.write_missing(house, "CONSUMER", receipts)
            if told or position is None or one.failure:
                rows = json.dumps([self._row(message) for message in told])
                values = [given["position"], at, one.id, position, at, rows]
                await house.shelf.run(_TAKE, values)
            position = given["position"]
            if position >= given["last"] or one.key not in house.active:
                return

    def _row(self, one: dict[str, Any]) -> dict[str, Any]:
        return {
            "message": one["message"],
            "position": one["position"],
            "order_key": one["order"],
            "body": self._house.sealer.close(one["body"], QUEUED),
            "published_at": _moment(one["at"]),
        }


def _moment(text: str) -> str:
    """As the database reads it: a partner may write one in ways only Python knows."""
    moment = envelope.moment_of(text)
    return moment.isoformat() if moment else text


async def _ask(house: House, question: Question) -> dict[str, Any]:
    """The provider's answer: here, or at its node under the seal."""
    provider = question.service.split("/")[0]
    if provider == house.config.node:
        return await topics.give(house, question, from_node=provider)
    raw = await house.partners.ask(
        house.snapshots.current, provider, topics.KIND, question.as_bytes(), seconds=_FETCH_SECONDS
    )
    line, _separator, body = raw.partition(b"\n")
    try:
        given = questions.plain_object(body)
    except RequestMalformed as error:
        raise PartnerNonsense from error
    refusal = given.get("refusal")
    if line != b"200":
        code = refusal.get("code") if isinstance(refusal, dict) else None
        raise by_code(code) if isinstance(code, str) else PartnerNonsense()
    return given


def read(
    house: House, question: Question, given: dict[str, Any], position: int | None
) -> list[dict[str, Any]]:
    """The messages of an answer, each as agreed; PartnerNonsense when one bit is not."""
    last, told, end = (given.get(name) for name in ("last", "messages", "position"))
    whole = type(last) is int and type(end) is int and isinstance(told, list)
    if not whole or len(told) > topics.MOST or not 0 <= end <= last < 2**62:  # type: ignore[operator, arg-type]
        raise PartnerNonsense
    before = position
    for one in told:  # type: ignore[union-attr]
        if not isinstance(one, dict) or not _fits(question, one, before):
            raise PartnerNonsense
        before = one["position"]
    if before is not None and before != end:
        raise PartnerNonsense
    return told  # type: ignore[return-value]


def _fits(question: Question, one: dict[str, Any], before: int | None) -> bool:
    position, body = one.get("position"), one.get("body")
    texts = [one.get(name) for name in ("message", "order", "at", "subject", "body")]
    if type(position) is not int or not all(isinstance(text, str) for text in texts):
        return False
    message = rules.message_of(question.service, position, question.parameters["subscription"])
    try:
        fields = questions.plain_object(str(body).encode())
    except RequestMalformed:
        return False
    return (
        one["message"] == message
        and (before is None or position > before)
        and len(one["order"]) <= 64
        and len(one["subject"]) <= 100
        and envelope.moment_of(one["at"]) is not None
        and set(fields) <= set(question.fields)
    )
