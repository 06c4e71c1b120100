"""Asking other machines: pooled connections, time and size limits, breaker, places per partner."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from yiwang.foundation.datasources.asking import Answer
from yiwang.foundation.exchange import breaker
from yiwang.foundation.exchange.fastpath import egress, local, questions
from yiwang.foundation.exchange.fastpath.limits import Places
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    ClocksDiffer,
    PartnerAway,
    PartnerNonsense,
    ReplyTooLarge,
)
from yiwang.foundation.exchange.fastpath.snapshot import FastService

CONNECT_SECONDS: Final = 3.0
_CHUNK: Final = 64 * 1024
_NOT_FOUND: Final = "NOT_FOUND"
_SEALED: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Found:
    """What a service behind us said: records, or that there is none."""

    records: tuple[Any, ...] | None
    single: bool
    as_of: str = ""
    more: bool = False  # there are more records than were given
    written: bytes = b""  # instead of ``records``: the rows of the asked fields as a JSON list
    count: int = 0

    def read(self) -> tuple[Any, ...]:
        """The records, whichever way they came."""
        return tuple(json.loads(self.written)) if self.written else self.records or ()


class Upstreams:
    """One process's connections outward. No place in a queue: who finds no room is told at once."""

    def __init__(self, home: Path) -> None:
        self.places = Places()
        self._sources = local.Sources(home)
        self._sessions: dict[str, aiohttp.ClientSession] = {}

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
            _refuse_resting(service.code)
            try:
                body = await self._fetch(service, parameters, message=message, caller=caller)
                found = read_answer(body)
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
        url = URL(address).join(URL(path))
        egress.check_literal(url, private_ok=True)
        call = _Call("POST", url, body, _SEALED, _SEALED, {})
        return await self._exchange(self._session("node"), call, seconds=seconds, most=most)

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
        url = URL(address)
        egress.check_literal(url, private_ok=private_ok)
        call = _Call("POST", url, body, "application/json", "application/json", marks)
        session = self._session("vouched" if private_ok else "public")
        return await self._exchange(session, call, seconds=seconds, most=most)

    async def close(self) -> None:
        await self._sources.close()
        for session in self._sessions.values():
            await session.close()

    async def _fetch(
        self, service: FastService, parameters: Mapping[str, Any], *, message: str, caller: str
    ) -> bytes:
        marks = {"X-Exchange-Message": message, "X-Exchange-From": caller}
        kind, url = ("vouched" if service.private_ok else "public"), URL(service.upstream)
        egress.check_literal(url, private_ok=service.private_ok)
        if service.method == "GET":
            url, body = url.with_query({k: _text(v) for k, v in parameters.items()}), b""
        else:
            body = json.dumps(dict(parameters), ensure_ascii=False).encode()
        call = _Call(service.method, url, body, "application/json", "application/json", marks)
        return await self._exchange(
            self._session(kind), call, seconds=service.limit_seconds, most=service.reply_bytes
        )

    async def _exchange(
        self, session: aiohttp.ClientSession, call: _Call, *, seconds: float, most: int
    ) -> bytes:
        try:
            async with (
                asyncio.timeout(seconds),
                session.request(
                    call.method,
                    call.url,
                    data=call.body or None,
                    headers={**call.marks, "Content-Type": call.sent, "Accept": call.wanted},
                    allow_redirects=False,
                ) as response,
            ):
                return await _read(response, wanted=call.wanted, most=most)
        except (TimeoutError, OSError, aiohttp.ClientConnectionError) as error:
            raise PartnerAway from error
        except (aiohttp.ClientError, ValueError) as error:
            raise PartnerNonsense from error

    def _session(self, kind: str) -> aiohttp.ClientSession:
        if kind not in self._sessions:
            connector = aiohttp.TCPConnector(
                limit=0,
                resolver=egress.LookedAt(private_ok=kind != "public"),
                use_dns_cache=False,
                keepalive_timeout=30,
            )
            self._sessions[kind] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                skip_auto_headers=("User-Agent", "Accept-Encoding"),
                max_line_size=8190,
                max_field_size=8190,
            )
        return self._sessions[kind]


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    url: URL
    body: bytes
    sent: str
    wanted: str
    marks: Mapping[str, str]


async def _read(response: aiohttp.ClientResponse, *, wanted: str, most: int) -> bytes:
    """The body when status, type and size are what was agreed; a redirect is none of ours."""
    if response.status >= 500:
        raise PartnerAway
    if response.status == 401 and wanted == _SEALED:
        raise await _why_not(response)
    if response.status not in (200, 404):
        raise PartnerNonsense
    encoded = response.headers.get("Content-Encoding", "identity").lower()
    charset = (response.charset or "utf-8").lower().replace("-", "")
    if response.content_type != wanted or encoded != "identity" or charset != "utf8":
        raise PartnerNonsense
    if (response.content_length or 0) > most:
        response.close()
        raise ReplyTooLarge
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > most:
            response.close()
            raise ReplyTooLarge
    if response.status == 404 and b'"NOT_FOUND"' not in body:
        raise PartnerNonsense  # a wrong address is no “no such record”
    return bytes(body)


async def _why_not(response: aiohttp.ClientResponse) -> CannotCall:
    """A node that took nothing may still say that clocks differ; nothing else said unproven counts."""
    said = await response.content.read(2_000)
    return ClocksDiffer() if b'"ClockWrong"' in said else PartnerNonsense()


def read_answer(body: bytes) -> Found:
    """An object, a list of objects, null, or {"status", "value" | "rows", "as_of", "more"}."""
    try:
        given = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PartnerNonsense from error
    if not questions.readable(given):
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


def _refuse_resting(name: str) -> None:
    if not breaker.may_call(name):
        raise PartnerAway("对方连续出错，暂停询问半分钟。")


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
