"""The provider's side: may they, ask the service behind, sieve, and the provider's receipt."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from yiwang.foundation.exchange.fastpath import (
    collecting,
    envelope,
    grants,
    leaving,
    local,
    notation,
    streams,
    tables,
)
from yiwang.foundation.exchange.fastpath.house import House
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.receipts import Receipt
from yiwang.foundation.exchange.fastpath.refusals import (
    AWAY,
    CannotCall,
    ParameterMissing,
    ServiceIsStopped,
    ServiceUnknown,
)
from yiwang.foundation.exchange.fastpath.snapshot import TOPIC, FastService, Grant
from yiwang.foundation.exchange.fastpath.spool import Spool
from yiwang.foundation.exchange.fastpath.upstreams import Found
from yiwang.kernel import moments


class Told(NamedTuple):
    """What goes back to the caller, byte for byte, and what it says."""

    status: int
    body: bytes
    outcome: str
    refusal: str = ""
    rows: int = 0
    lines: bytes | None = None  # a table's rows, behind the body
    spool: Spool | None = None  # a large answer's records, behind the body

    def whole(self) -> bytes:
        """As it travels: behind a table's head its rows."""
        return self.body if self.lines is None else self.body + b"\n" + self.lines


class Served(NamedTuple):
    """An answer and the receipt that must be written before it leaves."""

    told: Told
    receipt: Receipt


async def serve(
    house: House, question: Question, *, asked: bytes, from_node: str, message: str
) -> Served:
    """One call to a service of this node; never raises a refusal, for that is an answer too."""
    began, at = time.monotonic(), moments.now()
    subject = question.subject
    try:
        service = _service(house, question)
        subject = subject or str(question.parameters.get(service.subject_parameter) or "")
        if question.way == tables.WAY:
            told = await _hand_over(house, service, question, from_node, message, at)
        elif question.way == streams.WAY:
            told = await _stream(house, service, question, from_node, message, at)
        else:
            found = await _ask(
                house, service, question, from_node=from_node, message=message, at=at
            )
            subject = subject or found.subject
            told = _answer(house, service, question, found, from_node, message)
    except CannotCall as refused:
        told = no(refused, message)
    receipt: Receipt = {
        "message": message,
        "side": "PROVIDER",
        "at": at,
        "from_node": from_node,
        "system": question.system,
        "to_node": house.config.node,
        "service": question.service,
        "grant_key": question.grant,
        "purpose": question.purpose,
        "item": question.item,
        "case_no": question.case,
        "subject_index": house.index(subject),
        "fields": list(question.fields),
        "rows": told.rows,
        "status": told.outcome,
        "refusal": told.refusal,
        "request_digest": envelope.digest(asked),
        "reply_digest": envelope.digest(told.body),
        "milliseconds": int((time.monotonic() - began) * 1000),
    }
    return Served(told, receipt)


def _service(house: House, question: Question) -> FastService:
    service = house.snapshots.current.services.get(question.service)
    if service is None or not question.service.startswith(f"{house.config.node}/"):
        raise ServiceUnknown
    if service.kind == TOPIC:
        raise ServiceUnknown("这是消息主题，请订阅它。")
    if (service.kind == local.TABLE) != (question.way == tables.WAY):
        raise ServiceUnknown
    if not service.active:
        raise ServiceIsStopped
    given = question.parameters.keys()
    if not service.needed <= given or (service.known and not given <= service.known):
        wrong = sorted((service.needed - given) | (given - service.known))
        raise ParameterMissing(f"参数不对：{'、'.join(wrong)[:200]}。")
    return service


async def _ask(
    house: House,
    service: FastService,
    question: Question,
    *,
    from_node: str,
    message: str,
    at: datetime,
) -> Found:
    """May they, how often, then the service behind; and may they still."""
    grant = _may(house, question, from_node, at)
    return await house.upstreams.ask(
        service,
        question.parameters,
        message=message,
        caller=question.system,
        fields=grants.asked_fields(grant, question),
    )


def _may(house: House, question: Question, from_node: str, at: datetime) -> Grant:
    grant = grants.check(house.snapshots.current, question, node=from_node, at=at)
    house.rates.take(f"grant {grant.key}", grant.per_second)
    house.quotas.take(grant.key, grant.per_day, moments.legal_date(at))
    return grant


async def _hand_over(
    house: House,
    service: FastService,
    question: Question,
    from_node: str,
    message: str,
    at: datetime,
) -> Told:
    """A part of a table: as of a call may they, how often, and may they still."""
    grant = _may(house, question, from_node, at)
    sieve = grants.sieve(service, grant, question)
    part = await tables.answer(house, service, question, sieve.hidden(), from_node)
    _service(house, question)
    now = moments.now()
    grants.check(house.snapshots.current, question, node=from_node, at=now)
    head = {
        "message": message,
        "status": "FOUND",
        "as_of": now.astimezone(UTC).isoformat(timespec="seconds"),
        "source": service.title,
        "batch": part.head,
    }
    return Told(200, notation.write(head), "FOUND", rows=part.rows, lines=part.lines)


async def _stream(
    house: House,
    service: FastService,
    question: Question,
    from_node: str,
    message: str,
    at: datetime,
) -> Told:
    """A large answer, laid down whole: as of a call may they, how often, and may they still."""
    house.streams.make_room(from_node)
    grant = _may(house, question, from_node, at)
    sieve = grants.sieve(service, grant, question)
    kept = await leaving.while_awaited(collecting.collect(house, service, question, sieve, message))
    still_may(house, question, from_node)
    answer: dict[str, Any] = {
        "message": message,
        "status": "FOUND" if kept.rows else "NOT_FOUND",
        "as_of": kept.as_of or moments.now().astimezone(UTC).isoformat(timespec="seconds"),
        "source": service.title,
    }
    if not kept.rows:
        kept.spool.close()
        return Told(200, notation.write(answer), "NOT_FOUND")
    answer["stream"] = {
        "rows": kept.rows, "bytes": kept.spool.size, "sm3": kept.spool.digest,
    }  # fmt: skip
    if kept.more:
        answer["more"] = True
    return Told(200, notation.write(answer), "FOUND", rows=kept.rows, spool=kept.spool)


def still_may(house: House, question: Question, from_node: str) -> None:
    """Service and grant hold now, too."""
    _service(house, question)
    grants.check(house.snapshots.current, question, node=from_node, at=moments.now())


def _answer(
    house: House,
    service: FastService,
    question: Question,
    found: Found,
    from_node: str,
    message: str,
) -> Told:
    now = moments.now()
    _service(house, question)  # stopped meanwhile
    grant = grants.check(house.snapshots.current, question, node=from_node, at=now)
    sieve = grants.sieve(service, grant, question)
    as_it_came = bool(found.written) and sieve.hides_nothing()
    records = [] if as_it_came else [sieve.one(record) for record in found.read()]
    answer: dict[str, Any] = {
        "message": message,
        "status": "FOUND" if records or as_it_came else "NOT_FOUND",
        "as_of": found.as_of or now.astimezone(UTC).isoformat(timespec="seconds"),
        "source": service.title,
    }
    if records:
        answer |= {"value": records[0]} if found.single else {"rows": records}
        if found.more:
            answer["more"] = True
    if as_it_came:
        more = {"more": True} if found.more else {}
        body = notation.write({**answer, **more})[:-1] + b',"rows":' + found.written + b"}"
        return Told(200, body, "FOUND", rows=found.count)
    return Told(200, notation.write(answer), str(answer["status"]), rows=len(records))


def no(refusal: CannotCall, message: str) -> Told:
    """A refusal as an answer: was it refused, or is nothing known?"""
    outcome = "AWAY" if isinstance(refusal, AWAY) else "REFUSED"
    body = notation.write({"message": message, "status": outcome, **refusal.as_json(message)})
    return Told(refusal.status, body, outcome, refusal.code)
