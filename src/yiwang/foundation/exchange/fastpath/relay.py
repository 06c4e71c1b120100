"""A call to another node's service: sealed to it, answered by it, and looked at before it is passed on."""

from __future__ import annotations

from typing import Any, Final

from yiwang.foundation.exchange.fastpath import (
    leaving,
    partners,
    piecing,
    questions,
    refusals,
    serving,
    streams,
    tables,
)
from yiwang.foundation.exchange.fastpath.envelope import Head
from yiwang.foundation.exchange.fastpath.house import House
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import (
    NotGranted,
    PartnerNonsense,
    RequestMalformed,
)
from yiwang.foundation.exchange.fastpath.serving import Told

KIND: Final = "call"


async def ask(house: House, question: Question, *, asked: bytes, message: str) -> Told:
    """The other node's answer. PartnerNonsense for one that says more than was asked for."""
    if question.way == streams.WAY:
        return await leaving.while_awaited(_fetch_large(house, question, asked, message))
    return await _answer_of(house, question, asked, message, partners.NODE_SECONDS)


async def _fetch_large(house: House, question: Question, asked: bytes, message: str) -> Told:
    """Its first line, then its records part by part."""
    told = await _answer_of(house, question, asked, message, piecing.ANSWER_SECONDS)
    if told.outcome != "FOUND":
        return told
    kept = await piecing.fetch(house, question, told.body, message)
    return told._replace(rows=kept.rows, spool=kept.spool)


async def _answer_of(
    house: House, question: Question, asked: bytes, message: str, seconds: float
) -> Told:
    provider, snapshot = question.service.split("/")[0], house.snapshots.current
    raw = await house.partners.ask(
        snapshot, provider, question.way, asked, message=message, seconds=seconds
    )
    line, _separator, body = raw.partition(b"\n")
    if not line.isdigit() or len(line) != 3:
        raise PartnerNonsense
    return _read(int(line), body, question, message)


async def give_part(house: House, head: Head, body: bytes) -> bytes:
    """The provider's side: a part of a large answer that lies here for this node, while it may have it."""
    asked = questions.plain_object(body)
    held = house.streams.held(head.sender, asked.get("message"))
    serving.still_may(house, held.question, head.sender)
    return b"200\n" + await house.streams.part(held, asked.get("part"))


async def answer(house: House, head: Head, body: bytes) -> bytes:
    """The provider's side: a question from another node, for one of its own systems."""
    question = questions.from_partner(body, head.kind)
    if not question.system.startswith(f"{head.sender}/"):
        raise RequestMalformed
    if not question.service.startswith(f"{house.config.node}/"):
        raise NotGranted
    house.receipts.require()
    served = await serving.serve(
        house, question, asked=body, from_node=head.sender, message=head.message
    )
    await house.receipts.write(served.receipt)
    if served.told.spool is not None:
        house.streams.hold(head.sender, head.message, question, served.told.spool)
    return as_bytes(served.told)


def as_bytes(told: Told) -> bytes:
    """An answer as it lies inside the seal."""
    return f"{told.status}\n".encode() + told.whole()


def _read(status: int, body: bytes, question: Question, message: str) -> Told:
    lines = None
    if question.way == tables.WAY and status == 200:
        body, _separator, lines = body.partition(b"\n")
    try:
        answer = questions.plain_object(body)
    except RequestMalformed as error:
        raise PartnerNonsense from error
    outcome = answer.get("status")
    if answer.get("message") != message or outcome not in ("FOUND", "NOT_FOUND", "REFUSED", "AWAY"):
        raise PartnerNonsense
    refusal = answer.get("refusal")
    if outcome in ("REFUSED", "AWAY"):
        code = refusal.get("code") if isinstance(refusal, dict) else None
        if status < 400 or not isinstance(code, str) or "value" in answer or "rows" in answer:
            raise PartnerNonsense
        return Told(status, body, outcome, refusals.by_code(code).__name__, 0)
    if status != 200 or refusal is not None:
        raise PartnerNonsense
    if question.way == streams.WAY and outcome == "FOUND":
        return Told(200, body, outcome)  # what it says is looked at with its records
    if lines is not None:
        return Told(200, body, outcome, "", _rows(answer, lines), lines)
    return Told(200, body, outcome, "", _count(answer, outcome, question))


def _rows(answer: dict[str, Any], lines: bytes) -> int:
    """How many rows a part of a table says it has; whoever applies it counts and sums them."""
    batch = answer.get("batch")
    rows = batch.get("rows") if isinstance(batch, dict) else None
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 0:
        raise PartnerNonsense
    return rows if lines else 0


def _count(answer: dict[str, Any], outcome: str, question: Question) -> int:
    """How many records; none may hold a field that was not asked for."""
    records = answer.get("rows", [answer["value"]] if "value" in answer else [])
    more = answer.get("more", False)
    if not isinstance(more, bool) or (more and not answer.get("rows")):
        raise PartnerNonsense
    if not isinstance(records, list) or (outcome == "FOUND") != bool(records):
        raise PartnerNonsense
    asked = set(question.fields)
    if any(not isinstance(record, dict) or not set(record) <= asked for record in records):
        raise PartnerNonsense
    return len(records)
