"""A subscriber's system fetches its messages itself, and says up to where it has them."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qs

from yiwang.foundation.exchange.fastpath import questions, web
from yiwang.foundation.exchange.fastpath.callbacks import Waiting, envelope_of
from yiwang.foundation.exchange.fastpath.house import House
from yiwang.foundation.exchange.fastpath.refusals import (
    ByCallback,
    RequestMalformed,
    SubscriptionUnknown,
)
from yiwang.foundation.exchange.fastpath.snapshot import Caller
from yiwang.foundation.exchange.fastpath.subscriptions import ACTIVE, Subscription, question_of
from yiwang.foundation.exchange.fastpath.topics import MOST_BYTES
from yiwang.foundation.exchange.fastpath.web import Request, Response
from yiwang.kernel import moments

PATH: Final = "/exchange/v1/messages/"
MOST: Final = 200
_ADDRESS: Final = re.compile(rf"{PATH}([0-9A-Z-]{{2,32}}/[a-z0-9-]{{2,40}})")
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_MINE: Final = f"{ACTIVE} AND topic = %s AND system = %s"
_FETCH: Final = """
SELECT id, message, position, order_key, body, published_at, tries, resent FROM exchange_queued
 WHERE subscription_id = %s AND state = 'WAITING' AND position > %s ORDER BY position LIMIT %s
"""
_DONE: Final = """
WITH taken AS (
    UPDATE exchange_queued SET state = 'DONE', settled_at = %s, body = '', failure = ''
     WHERE subscription_id = %s AND state = 'WAITING' AND position <= %s RETURNING 1)
SELECT count(*) FROM taken
"""


async def fetch(house: House, request: Request, caller: Caller) -> Response:
    """What waits, in order, behind ``after``; it stays until it is acknowledged."""
    mine = await _mine(house, request, caller)
    given = parse_qs(request.query)
    after, most = (_number(given, name, usual) for name, usual in (("after", 0), ("most", 100)))
    rows = await house.shelf.run(_FETCH, [mine.id, after, min(max(most, 1), MOST)])
    question_of(house, mine)
    told: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        waiting = Waiting(*row)
        size += len(waiting.body)
        if told and size > MOST_BYTES:
            break
        told.append(envelope_of(house, mine, waiting))
    position = told[-1]["position"] if told else after
    return web.as_json({"topic": mine.topic, "messages": told, "position": position})


async def acknowledge(house: House, request: Request, caller: Caller) -> Response:
    """Everything up to this position has been dealt with. Again it changes nothing."""
    mine = await _mine(house, request, caller)
    given = questions.plain_object(request.body)
    position = given.get("position")
    if set(given) != {"position"} or type(position) is not int or not 0 <= position < 2**62:
        raise RequestMalformed("请在 position 里写明收到哪一条为止。")
    ((count,),) = await house.shelf.run(_DONE, [moments.now(), mine.id, position])
    return web.as_json({"topic": mine.topic, "position": position, "acknowledged": count})


async def _mine(house: House, request: Request, caller: Caller) -> Subscription:
    """The caller's own subscription, if its grant holds. SubscriptionUnknown, ByCallback, GrantIsOver."""
    found = _ADDRESS.fullmatch(request.path)
    if found is None:
        raise SubscriptionUnknown
    rows = await house.shelf.run(_MINE, [found.group(1), caller.system])
    if not rows:
        raise SubscriptionUnknown
    mine = Subscription(*rows[0])
    if mine.callback:
        raise ByCallback
    question_of(house, mine)
    return mine


def _number(given: dict[str, list[str]], name: str, usual: int) -> int:
    text = given.get(name, [str(usual)])[0]
    if not _NUMBER.fullmatch(text):
        raise RequestMalformed(f"{name} 应是数字。")
    return int(text)
