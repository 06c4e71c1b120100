"""The provider's side of messages: taking a publication, and giving a subscriber's node what is new.

What a subscriber gets is asked for by its node, so a grant is checked, fields are sieved and a
receipt is on disk before anything leaves, exactly as with a call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from yiwang.foundation.exchange.fastpath import envelope, grants, questions, web
from yiwang.foundation.exchange.fastpath.envelope import Head
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.receipts import Receipt
from yiwang.foundation.exchange.fastpath.refusals import (
    KeyUsedOtherwise,
    MessageMalformed,
    MessageTooLarge,
    NotGranted,
    NotPublisher,
    QueueIsFull,
    QuotaUsedUp,
    RequestMalformed,
    ServiceIsStopped,
    TooManyCalls,
    TopicUnknown,
)
from yiwang.foundation.exchange.fastpath.snapshot import TOPIC, Caller, FastService, Grant
from yiwang.foundation.exchange.fastpath.web import Request, Response
from yiwang.foundation.exchange.topics import definitions as topics
from yiwang.foundation.exchange.topics import rules
from yiwang.kernel import moments

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

KIND: Final = "messages"
PATH: Final = "/exchange/v1/topics/"
#: One answer to a subscriber's node.
MOST: Final = 200
MOST_BYTES: Final = 4_000_000
_PUBLISH: Final = "SELECT * FROM exchange_publish(%s, %s, %s, %s, %s, %s, %s, %s)"
#: What lies under a key from before the key of look-ups was changed, as ``_PUBLISH`` would say it.
_PUBLISHED: Final = (
    "SELECT position, true, content, false FROM exchange_publication"
    " WHERE topic = %s AND key = ANY(%s)"
)
_LAST: Final = "SELECT coalesce((SELECT last FROM exchange_topic WHERE code = %s), 0)"
_NEXT: Final = """
SELECT position, order_key, body, at FROM exchange_publication
 WHERE topic = %s AND position > %s ORDER BY position LIMIT %s
"""
_FOLLOWED: Final = """
INSERT INTO exchange_follower (subscription, topic, node, system, grant_key, position, fetched_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (subscription) DO UPDATE SET position = excluded.position,
       grant_key = excluded.grant_key, fetched_at = excluded.fetched_at
 WHERE exchange_follower.node = excluded.node AND exchange_follower.topic = excluded.topic
   AND (exchange_follower.position <> excluded.position
        OR exchange_follower.fetched_at < excluded.fetched_at - interval '20 seconds')
"""
_RECEIVED: Final = "SELECT message FROM exchange_receipt WHERE side = %s AND message = ANY(%s)"


async def publish(house: House, request: Request, caller: Caller) -> Response:
    """A system of the providing department says what happened: 202 when it is on disk."""
    topic = _topic(house, request.path.removeprefix(PATH))
    if caller.department and caller.department != topic.department:
        raise NotPublisher
    given = _read(request.body, topic)
    content = rules.written(given.subject, given.body)
    values = [
        topic.code,
        house.keyed(f"{topic.code}\n{given.key}", topics.KEY_INDEX),
        house.keyed(f"{topic.code}\n{given.order}", topics.ORDER_INDEX),
        house.keyed(content, topics.CONTENT_INDEX),
        house.sealer.close(content, topics.PUBLISHED),
        caller.system,
        moments.now(),
        topics.QUEUE_MOST,
    ]
    earlier = house.keyed_before(f"{topic.code}\n{given.key}", topics.KEY_INDEX)
    found = await house.shelf.run(_PUBLISHED, [topic.code, earlier]) if earlier else []
    (row,) = found or await house.shelf.run(_PUBLISH, values)
    position, known, same, is_full = row
    if is_full:
        raise QueueIsFull
    if known and same not in (values[3], *house.keyed_before(content, topics.CONTENT_INDEX)):
        raise KeyUsedOtherwise
    said = {"status": "KNOWN" if known else "TAKEN", "topic": topic.code, "position": position}
    return web.as_json(said, 202)


@dataclass(frozen=True, slots=True)
class _Given:
    key: str
    order: str
    subject: str
    body: dict[str, Any]


def _read(raw: bytes, topic: FastService) -> _Given:
    if len(raw) > topics.BODY_BYTES:
        raise MessageTooLarge
    given = questions.plain_object(raw)
    key = given.get("key")
    order, subject, body = given.get("order", key), given.get("subject", ""), given.get("body")
    texts = (key, order, subject)
    if not all(isinstance(t, str) and len(t) <= 100 for t in texts) or not key:
        raise MessageMalformed("key、order、subject 应是不超过 100 个字的文字，key 必填。")
    if set(given) - {"key", "order", "subject", "body"} or not isinstance(body, dict) or not body:
        raise MessageMalformed("消息只有 key、order、subject 和 body 四项，body 应是 JSON 对象。")
    odd = set(body) - set(topic.fields)
    if odd:
        raise MessageMalformed(f"主题没有登记这些字段：{'、'.join(sorted(odd))[:200]}。")
    return _Given(str(key), str(order), str(subject), body)


async def answer(house: House, head: Head, body: bytes) -> bytes:
    """Another node fetches for one of its subscribers."""
    question = questions.from_partner(body)
    if not question.system.startswith(f"{head.sender}/"):
        raise RequestMalformed
    if not question.service.startswith(f"{house.config.node}/"):
        raise NotGranted
    given = await give(house, question, from_node=head.sender)
    return b"200\n" + json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()


async def give(house: House, question: Question, *, from_node: str) -> dict[str, Any]:
    """What a subscription has not yet: at most two hundred, each with the provider's receipt."""
    topic = _topic(house, question.service)
    at = moments.now()
    grant = grants.check(house.snapshots.current, question, node=from_node, at=at)
    subscription, after, from_start, most = _place(question)
    ((last,),) = await house.shelf.run(_LAST, [topic.code])
    if after is None:
        after = 0 if from_start else last
    rows = await house.shelf.run(_NEXT, [topic.code, after, most]) if last > after else []
    taken = _within_pace(house, grant, rows, at)
    told, receipts = _cut(house, question, topic, grant, taken, from_node, subscription, at)
    grants.check(house.snapshots.current, question, node=from_node, at=moments.now())
    await write_missing(house, "PROVIDER", receipts)
    position = told[-1]["position"] if told else after
    follower = [subscription, topic.code, from_node, question.system, grant.key, after, at]
    await house.shelf.run(_FOLLOWED, follower)
    return {"last": last, "position": position, "messages": told}


def _topic(house: House, code: str) -> FastService:
    topic = house.snapshots.current.services.get(code)
    if topic is None or topic.kind != TOPIC or not code.startswith(f"{house.config.node}/"):
        raise TopicUnknown
    if not topic.active:
        raise ServiceIsStopped
    return topic


def _place(question: Question) -> tuple[str, int | None, bool, int]:
    """Which subscription, how far it has come, where it begins, how much it has room for."""
    given = question.parameters
    key, after, from_start = (given.get(n) for n in ("subscription", "after", "from_start"))
    most = given.get("most")
    good = isinstance(key, str) and 0 < len(key) <= 16 and isinstance(from_start, bool)
    if not good or not (after is None or (type(after) is int and 0 <= after < 2**62)):
        raise RequestMalformed
    if type(most) is not int or not 1 <= most <= MOST:
        raise RequestMalformed
    return str(key), after, bool(from_start), most


def _within_pace(house: House, grant: Grant, rows: Sequence[Any], at: datetime) -> Sequence[Any]:
    """As many as second and day allow; the refusal itself when not even one."""
    for number in range(len(rows)):
        try:
            house.rates.take(f"grant {grant.key}", grant.per_second)
            house.quotas.take(grant.key, grant.per_day, moments.legal_date(at))
        except (TooManyCalls, QuotaUsedUp):
            if not number:
                raise
            return rows[:number]
    return rows


def _cut(
    house: House,
    question: Question,
    topic: FastService,
    grant: Grant,
    rows: Sequence[Any],
    from_node: str,
    subscription: str,
    at: datetime,
) -> tuple[list[dict[str, Any]], list[Receipt]]:
    """Each message as this subscriber may have it, and its receipt."""
    sieve = grants.sieve(topic, grant, question)
    told: list[dict[str, Any]] = []
    receipts: list[Receipt] = []
    size = 0
    for position, order, cipher, published_at in rows:
        subject, body = rules.read(house.sealer.open(cipher, topics.PUBLISHED))
        text = rules.canonical(sieve.one(body))
        size += len(text)
        if told and size > MOST_BYTES:
            break
        one = {
            "message": rules.message_of(topic.code, position, subscription),
            "position": position,
            "order": order,
            "at": published_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "subject": subject,
            "body": text,
        }
        told.append(one)
        receipts.append(receipt(house, question, one, side="PROVIDER", node=from_node, at=at))
    return told, receipts


def receipt(
    house: House, question: Question, one: dict[str, Any], *, side: str, node: str, at: datetime
) -> Receipt:
    """One message as one side saw it; what both must say alike is made of what both hold."""
    asked = rules.canonical([question.service, question.grant, one["position"], one["order"]])
    return {
        "message": one["message"],
        "side": side,
        "at": at,
        "from_node": node,
        "system": question.system,
        "to_node": question.service.split("/")[0],
        "service": question.service,
        "grant_key": question.grant,
        "purpose": question.purpose,
        "item": question.item,
        "case_no": "",
        "subject_index": house.index(one["subject"]),
        "fields": list(question.fields),
        "rows": 1,
        "status": "FOUND",
        "refusal": "",
        "request_digest": envelope.digest(asked.encode()),
        "reply_digest": envelope.digest(one["body"].encode()),
        "milliseconds": 0,
    }


async def write_missing(house: House, side: str, receipts: Sequence[Receipt]) -> None:
    """Receipts of what is handed over for the first time; after a kill the same come again."""
    if not receipts:
        return
    house.receipts.require()
    messages = [one["message"] for one in receipts]
    known = {row[0] for row in await house.shelf.run(_RECEIVED, [side, messages])}
    missing = [one for one in receipts if one["message"] not in known]
    if missing:
        await house.receipts.write(*missing)
