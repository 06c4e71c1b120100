"""快速通道: the callable behind the door. One call reads top to bottom: who → once → rate → may they →
forward → receipt → reply. No session, no template, no Django.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from yiwang.foundation.exchange import breaker
from yiwang.foundation.exchange.fastpath import (
    callers,
    config,
    countersigning,
    envelope,
    fetching,
    grants,
    meta,
    partners,
    questions,
    relay,
    serving,
    streams,
    tables,
    topics,
    web,
)
from yiwang.foundation.exchange.fastpath.envelope import Head
from yiwang.foundation.exchange.fastpath.house import House
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.receipts import Receipt
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    ExchangeAway,
    NoSuchAddress,
)
from yiwang.foundation.exchange.fastpath.serving import Told
from yiwang.foundation.exchange.fastpath.snapshot import Caller
from yiwang.foundation.exchange.fastpath.web import Request, Response
from yiwang.kernel import moments

_log = logging.getLogger("yiwang.exchange")

CALLS: Final = re.compile(r"/exchange/v1/(call|table|stream)s/([0-9A-Z-]{2,32}/[a-z0-9-]{2,40})")


async def answer_call(house: House, request: Request) -> Response:
    """A system of this node asks a service, here or elsewhere."""
    began, now = time.monotonic(), moments.now()
    ready(house)
    caller = callers.who(house.snapshots.current, request, node=house.config.node, now=now)
    nonce = request.header("x-exchange-nonce")
    message = envelope.message_of(caller.key_id, nonce)
    try:
        house.from_callers.take(message)
        house.rates.take(f"key {caller.key_id}", caller.per_second)
        question = _question(caller, request)
        response = await _ask(house, question, message=message, at=now, began=began)
    except CannotCall as refusal:
        told = serving.no(refusal, message)
        response = web.told(told.status, told.body)
    if len(response.body) > partners.LARGE:
        return await asyncio.to_thread(_proven, house, caller, nonce, response)
    return _proven(house, caller, nonce, response)


def ready(house: House) -> None:
    """Fail closed: without a database that takes receipts, nobody is asked anything."""
    house.receipts.require()
    if not house.remembered:
        raise ExchangeAway


def _question(caller: Caller, request: Request) -> Question:
    found = CALLS.fullmatch(request.path)
    if found is None or request.query:
        raise NoSuchAddress
    way, service = found.groups()
    return questions.from_caller(
        request.body,
        system=caller.system,
        department=caller.department,
        service=service,
        way=way,
    )


async def _ask(
    house: House, question: Question, *, message: str, at: datetime, began: float
) -> Response:
    """May they → forward → receipt. The consumer's receipt is written for a refusal, too."""
    own, provider = house.config.node, question.service.split("/")[0]
    asked = b""
    try:
        grant = grants.choose(house.snapshots.current, question, node=own, at=at)
        question = question._replace(grant=grant.key, fields=grants.asked_fields(grant, question))
        asked = question.as_bytes()
        if provider == own:
            served = await serving.serve(
                house, question, asked=asked, from_node=own, message=message
            )
            ours = {**served.receipt, "side": "CONSUMER", "milliseconds": since(began)}
            await house.receipts.write(served.receipt, ours)
            return _response(house, question, served.told, ours["reply_digest"])
        told = await relay.ask(house, question, asked=asked, message=message)
        grants.check(house.snapshots.current, question, node=own, at=moments.now())
    except ExchangeAway:
        raise  # then no receipt can be written, and nothing is said
    except CannotCall as refusal:
        told = serving.no(refusal, message)
    receipt: Receipt = {
        "message": message,
        "side": "CONSUMER",
        "at": at,
        "from_node": own,
        "system": question.system,
        "to_node": provider,
        "service": question.service,
        "grant_key": question.grant,
        "purpose": question.purpose,
        "item": question.item,
        "case_no": question.case,
        "subject_index": house.index(question.subject),
        "fields": list(question.fields),
        "rows": told.rows,
        "status": told.outcome,
        "refusal": told.refusal,
        "request_digest": envelope.digest(asked or question.as_bytes()),
        "reply_digest": envelope.digest(told.body),
        "milliseconds": since(began),
    }
    await house.receipts.write(receipt)
    return _response(house, question, told, receipt["reply_digest"])


def _response(house: House, question: Question, told: Told, digest: str) -> Response:
    """Behind the first line of a large answer its records, while the grant holds."""
    if told.spool is None:
        return web.told(told.status, told.whole(), digest if told.lines is None else "")
    told.spool.may = lambda: grants.check(
        house.snapshots.current, question, node=house.config.node, at=moments.now()
    )
    return Response(told.status, told.body, web.LINES, spool=told.spool)


def since(began: float) -> int:
    """Milliseconds."""
    return int((time.monotonic() - began) * 1000)


async def take_message(house: House, request: Request) -> Response:
    """Another node writes: opened, once, answered under the same seal. Before it is proven whose it is
    a refusal is said aloud, afterwards only inside."""
    now = moments.now()
    head, body, keys = house.partners.open(house.snapshots.current, request.body, now)
    ready(house)
    house.from_partners.take(head.message)
    breaker.heard(partners.name_of(head.sender))
    try:
        handler = KINDS.get(head.kind)
        if handler is None:
            raise NoSuchAddress
        answer = await handler(house, head, body)
    except CannotCall as refusal:
        answer = relay.as_bytes(serving.no(refusal, head.message))
    reply = head.reply(moments.now())
    if len(answer) > partners.LARGE:
        sealed = await asyncio.to_thread(envelope.close_message, keys, reply, answer)
    else:
        sealed = envelope.close_message(keys, reply, answer)
    return Response(200, sealed, web.BINARY)


#: What nodes say to each other, by the kind in the head.
KINDS: Final[dict[str, Callable[[House, Head, bytes], Awaitable[bytes]]]] = {
    relay.KIND: relay.answer,
    tables.WAY: relay.answer,
    streams.WAY: relay.answer,
    streams.PART: relay.give_part,
    countersigning.KIND: countersigning.countersign,
    meta.KIND: meta.answer,
    topics.KIND: topics.answer,
}


def _proven(house: House, caller: Caller, nonce: str, response: Response) -> Response:
    """The answer's own proof: the caller's secret, or this node's signature."""
    digest = response.digest or envelope.digest(response.body)
    text = envelope.text_of_reply(status=response.status, nonce=nonce, digest=digest)
    proof = callers.proof(house, caller, text)
    return response.with_headers(("x-exchange-digest", digest), ("x-exchange-mac", proof))


Handler = Callable[[House, Request], Awaitable[Response]]


def of_a_caller(handler: Callable[[House, Request, Caller], Awaitable[Response]]) -> Handler:
    """Proven who it is, once, at its pace; the answer carries its proof."""

    async def answer(house: House, request: Request) -> Response:
        ready(house)
        now, nonce = moments.now(), request.header("x-exchange-nonce")
        caller = callers.who(house.snapshots.current, request, node=house.config.node, now=now)
        message = envelope.message_of(caller.key_id, nonce)
        try:
            house.from_callers.take(message)
            house.rates.take(f"key {caller.key_id}", caller.per_second)
            response = await handler(house, request, caller)
        except CannotCall as refusal:
            told = serving.no(refusal, message)
            response = web.told(told.status, told.body)
        return _proven(house, caller, nonce, response)

    return answer


async def show_health(house: House, request: Request) -> Response:
    """Does this node take calls? Readable by everybody, without details."""
    del request
    try:
        ready(house)
        good = bool(house.snapshots.current)
    except ExchangeAway:
        good = False
    return web.as_json({"node": house.config.node, "ready": good}, 200 if good else 503)


async def give_documents(house: House, request: Request) -> Response:
    """A node asks for configuration documents it has not; the registry answers."""
    said = await house.nodes.documents(
        target=request.target, header=request.header, at=moments.now()
    )
    return Response(204, b"") if said.status == 204 else web.as_json(said.body, said.status)


async def take_request(house: House, request: Request) -> Response:
    """A node asks to be a member, for a new key to be known, to leave."""
    said = await house.nodes.receive(body=request.body, at=moments.now())
    return web.as_json(said.body, said.status)


#: Method and beginning of the path; the longest that fits answers.
ROUTES: Final[dict[tuple[str, str], Handler]] = {
    ("POST", "/exchange/v1/calls/"): answer_call,
    ("POST", tables.PATH): answer_call,
    ("POST", streams.PATH): answer_call,
    ("POST", partners.RELAY): take_message,
    ("GET", "/exchange/v1/health"): show_health,
    ("GET", meta.MEMBERS): meta.list_members,
    ("GET", meta.SERVICES): meta.show_services,
    ("POST", topics.PATH): of_a_caller(topics.publish),
    ("GET", fetching.PATH): of_a_caller(fetching.fetch),
    ("POST", fetching.PATH): of_a_caller(fetching.acknowledge),
    ("GET", "/exchange/v1/documents"): give_documents,
    ("POST", "/exchange/v1/requests"): take_request,
}

_BY_METHOD: Final[dict[str, list[tuple[str, Handler]]]] = {
    method: sorted(
        ((path, handler) for (of, path), handler in ROUTES.items() if of == method),
        key=lambda pair: -len(pair[0]),
    )
    for method in ("GET", "POST")
}


class Application:
    """What the door calls: RSGI with a house that lives as long as the worker."""

    def __init__(self) -> None:
        self.house: House | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.house = House(config.from_environment())
        self.house.start(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.house is not None:
            loop.run_until_complete(self.house.stop())

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        try:
            request = await web.read(scope, protocol)
            response = await self.answer(request)
        except CannotCall as refusal:
            response = web.refused(refusal)
        except Exception:
            _log.exception("an error of our own")
            response = web.refused(ExchangeAway())
        if response.spool is not None:
            await streams.send(protocol, response)
        else:
            web.write(protocol, response)

    async def answer(self, request: Request) -> Response:
        """One request to whoever answers that address."""
        assert self.house is not None  # noqa: S101  # nosec B101 set before anything is served
        for path, handler in _BY_METHOD.get(request.method, ()):
            if request.path.startswith(path):
                return await handler(self.house, request)
        raise NoSuchAddress


application = Application()
