"""Asking other machines: pooled connections, time and size limits, breaker, places per partner."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.message import Message
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from yarl import URL

from yiwang.foundation.datasources.asking import Answer
from yiwang.foundation.exchange import breaker
from yiwang.foundation.exchange.fastpath import egress, links, local, notation, own, questions
from yiwang.foundation.exchange.fastpath.flowing import Flow
from yiwang.foundation.exchange.fastpath.limits import Places
from yiwang.foundation.exchange.fastpath.links import Links, Machine
from yiwang.foundation.exchange.fastpath.refusals import (
    CallerLeft,
    CannotCall,
    ClocksDiffer,
    PartnerAway,
    PartnerNonsense,
    RequestMalformed,
    SourceRefuses,
    SourceUnclear,
)
from yiwang.foundation.exchange.fastpath.snapshot import FastService
from yiwang.kernel import moments

JSON: Final = "application/json"
#: What an ordinary call brings at most; beyond it is streamed.
CALL_BYTES: Final = 10_485_760
#: Said by a service that is well: nothing to spare it for.
RIGHTFUL: Final = (SourceRefuses, SourceUnclear, CallerLeft)
_BINARY: Final = "application/octet-stream"
_NOT_FOUND: Final = "NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Found:
    """What a service behind us said: records, or that there is none."""

    records: tuple[Any, ...] | None
    single: bool
    as_of: str = ""
    more: bool = False  # there are more records than were given
    written: bytes = b""  # instead of ``records``: the rows of the asked fields as a JSON list
    count: int = 0
    subject: str = ""  # a service of the house says whom its record is about

    def read(self) -> tuple[Any, ...]:
        """The records, whichever way they came."""
        return tuple(notation.read(self.written)) if self.written else self.records or ()


class Upstreams:
    """One process's connections outward. No place in a queue: who finds no room is told at once."""

    def __init__(self, home: Path, pages: own.OwnPages) -> None:
        self.places = Places()
        self._pages = pages
        self._sources = local.Sources(home)
        self._links = Links()

    async def ask(
        self,
        service: FastService,
        parameters: Mapping[str, Any],
        *,
        message: str,
        caller: str,
        fields: Sequence[str] = (),
    ) -> Found:
        """The service's answer, checked; a refusal of the AWAY family when nothing is known."""
        with self.places.one(service.code, service.per_partner):
            if service.upstream.startswith(local.PREFIX):
                return await self._ask_here(service, parameters, caller, fields)
            refuse_resting(service.code)
            try:
                body = await self._fetch(service, parameters, message=message, caller=caller)
                found = read_answer(body)
                if service.upstream.startswith(own.PREFIX):
                    found = replace(found, subject=own.subject_of(body))
            except RIGHTFUL:
                breaker.succeeded(service.code)
                raise
            except CannotCall:
                breaker.failed(service.code)
                raise
            breaker.succeeded(service.code)
            return found

    async def batch(
        self, service: FastService, part: Mapping[str, Any], hidden: Mapping[str, str]
    ) -> Answer:
        """A part of a table of this node."""
        with self.places.one(service.code, service.per_partner):
            return await self._sources.batch(service, part, hidden)

    def large(
        self,
        service: FastService,
        parameters: Mapping[str, Any],
        *,
        caller: str,
        fields: Sequence[str],
    ) -> AsyncGenerator[Answer]:
        """A large answer of a data source of this node."""
        return self._sources.large(service, parameters, caller=caller, fields=fields)

    async def _ask_here(
        self,
        service: FastService,
        parameters: Mapping[str, Any],
        caller: str,
        fields: Sequence[str],
    ) -> Found:
        """A data source of this node; it has limits of its own, so nothing rests here."""
        answer = await self._sources.ask(service, parameters, caller=caller, fields=fields)
        if service.kind == local.QUERY and answer.count and questions.surely_readable(answer.body):
            return Found((), False, answer.as_of, answer.more, answer.body, answer.count)
        rows = answer.rows
        if not questions.readable(rows):
            raise PartnerNonsense
        if service.kind == local.VERIFY:
            return Found(({local.VERDICTS: rows},), single=True, as_of=answer.as_of)
        return Found(tuple(rows) or None, single=False, as_of=answer.as_of, more=answer.more)

    async def post(
        self, address: str, path: str, body: bytes, *, seconds: float, most: int
    ) -> bytes:
        """One message to another node; PartnerAway, PartnerNonsense, ReplyTooLarge, ClocksDiffer."""
        there = _there(address, path, private_ok=True)
        raw = _raw("POST", there, _BINARY, {}, body)
        return await self._exchange(there, raw, wanted=_BINARY, seconds=seconds, most=most)

    async def tell(
        self,
        address: str,
        body: bytes,
        marks: Mapping[str, str],
        *,
        private_ok: bool,
        seconds: float,
        most: int,
    ) -> bytes:
        """One message to a subscriber's system, under the rules for services; its acknowledgement."""
        there = _there(address, "", private_ok=private_ok)
        raw = _raw("POST", there, JSON, marks, body)
        return await self._exchange(there, raw, wanted=JSON, seconds=seconds, most=most)

    async def close(self) -> None:
        await self._sources.close()
        self._links.close()

    async def flow(
        self, service: FastService, parameters: Mapping[str, Any], *, message: str, caller: str
    ) -> tuple[Flow, bytes]:
        """A connection for one large answer, and what to ask on it."""
        there, raw = self._request(service, parameters, message, caller)
        flow: Flow = await self._links.fresh(there.machine, service.limit_seconds, Flow)
        return flow, raw

    async def _fetch(
        self, service: FastService, parameters: Mapping[str, Any], *, message: str, caller: str
    ) -> bytes:
        there, raw = self._request(service, parameters, message, caller)
        return await self._exchange(
            there,
            raw,
            wanted=JSON,
            seconds=service.limit_seconds,
            most=min(service.reply_bytes, CALL_BYTES),
        )

    def _request(
        self, service: FastService, parameters: Mapping[str, Any], message: str, caller: str
    ) -> tuple[_There, bytes]:
        """Where a service is asked, and the words."""
        marks = {"X-Exchange-Message": message, "X-Exchange-From": caller}
        if service.upstream.startswith(own.PREFIX):
            return self._of_the_house(service, notation.write(dict(parameters)), marks)
        there = _there(service.upstream, "", private_ok=service.private_ok)
        if service.method == "GET":
            query = {name: _text(value) for name, value in parameters.items()}
            there, body = replace(there, target=there.url.with_query(query).raw_path_qs), b""
        else:
            body = notation.write(dict(parameters))
        return there, _raw(service.method, there, JSON, marks, body)

    def _of_the_house(
        self, service: FastService, body: bytes, marks: Mapping[str, str]
    ) -> tuple[_There, bytes]:
        """This node's own pages; which one follows from the service's code, nothing else chooses it."""
        path = own.address_of(service.code.partition("/")[2])
        proof = self._pages.marks(
            path=path,
            caller=marks["X-Exchange-From"],
            message=marks["X-Exchange-Message"],
            body=body,
            at=moments.now(),
        )
        there = replace(_there(self._pages.base, path, private_ok=True), host=self._pages.host)
        return there, _raw("POST", there, JSON, {**marks, **proof}, body)

    async def _exchange(
        self, there: _There, raw: bytes, *, wanted: str, seconds: float, most: int
    ) -> bytes:
        try:
            answer = await self._links.ask(there.machine, raw, seconds=seconds, most=most)
        except (TimeoutError, OSError) as error:
            raise PartnerAway from error
        except ValueError as error:
            raise PartnerNonsense from error
        return accepted(answer, wanted=wanted)


@dataclass(frozen=True, slots=True)
class _There:
    """An address taken apart and looked at once."""

    url: URL
    machine: Machine
    target: str
    host: str


@lru_cache(maxsize=1_024)
def _there(address: str, path: str, *, private_ok: bool) -> _There:
    """AddressForbidden for a scheme or a number nobody may ask."""
    url = URL(address).join(URL(path)) if path else URL(address)
    egress.check_literal(url, private_ok=private_ok)
    machine = Machine(url.raw_host or "", url.port or 0, url.scheme == "https", private_ok)
    return _There(url, machine, url.raw_path_qs, url.host_port_subcomponent or "")


def _raw(method: str, there: _There, kind: str, marks: Mapping[str, str], body: bytes) -> bytes:
    """A request as it goes over the wire; RequestMalformed when a line would become two."""
    head = "".join(
        (
            f"{method} {there.target} HTTP/1.1\r\nHost: {there.host}\r\n",
            f"Content-Type: {kind}\r\nAccept: {kind}\r\n",
            *(f"{name}: {value}\r\n" for name, value in marks.items()),
            f"Content-Length: {len(body)}\r\n\r\n",
        )
    )
    if (
        not head.isascii()
        or head.count("\n") != len(marks) + 6
        or head.count("\r") != len(marks) + 6
    ):
        raise RequestMalformed
    return head.encode("ascii") + body


def accepted(answer: links.Answer, *, wanted: str) -> bytes:
    """The body when status and type are what was agreed; a redirect is none of ours."""
    if answer.status >= 500:
        raise PartnerAway
    if answer.status == 401 and wanted == _BINARY:
        # It took nothing, but may still say that clocks differ; nothing else said unproven counts.
        raise ClocksDiffer if b'"ClockWrong"' in answer.body[:2_000] else PartnerNonsense
    if answer.status in (400, 422) and wanted == JSON:
        raise SourceRefuses
    if answer.status not in (200, 404):
        raise PartnerNonsense
    if answer.status == 404 and wanted == JSON and b'"NOT_FOUND"' not in answer.body:
        raise SourceUnclear  # it may be a wrong address: that is no “no such record”
    kind, charset = kind_of(answer.headers.get("Content-Type", ""))
    encoded = answer.headers.get("Content-Encoding", "identity").lower()
    if kind != wanted or encoded != "identity" or charset != "utf8":
        raise PartnerNonsense
    if answer.status == 404 and wanted != JSON:
        raise PartnerNonsense
    return answer.body


@lru_cache(maxsize=256)
def kind_of(text: str) -> tuple[str, str]:
    """Content type and character set as a header names them."""
    message = Message()
    message["Content-Type"] = text or "text/plain"
    charset = message.get_content_charset() or "utf-8"
    return message.get_content_type(), charset.replace("-", "")


def read_answer(body: bytes) -> Found:
    """An object, a list of objects, null, or {"status", "value" | "rows", "as_of", "more"}."""
    try:
        given = notation.read(body)
    except ValueError as error:
        raise PartnerNonsense from error
    if not questions.is_readable(given, body):
        raise PartnerNonsense
    as_of, more = "", False
    if isinstance(given, dict) and given.get("status") in ("FOUND", _NOT_FOUND):
        as_of = given.get("as_of") or ""
        if not isinstance(as_of, str) or len(as_of) > 40:
            raise PartnerNonsense
        if given["status"] == _NOT_FOUND:
            return Found(None, single=True, as_of=as_of)
        if ("rows" in given) == ("value" in given):
            raise PartnerNonsense
        more = given.get("more", False)
        if not isinstance(more, bool) or (more and "rows" not in given):
            raise PartnerNonsense
        given = given["rows"] if "rows" in given else given["value"]
    if given is None or given == []:
        return Found(None, single=given is None, as_of=as_of)
    if isinstance(given, list):
        return Found(tuple(given), single=False, as_of=as_of, more=more)
    return Found((given,), single=True, as_of=as_of)


def refuse_resting(name: str) -> None:
    if not breaker.may_call(name):
        raise PartnerAway("对方连续出错，暂停询问半分钟。")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else notation.write(value).decode()
