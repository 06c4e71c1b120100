"""Two nodes inside the test's own process: their real servers, databases and sockets, so that one defence
can be taken out of the running code."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import psycopg
from aiohttp import web as http

from yiwang.foundation.exchange import breaker
from yiwang.foundation.exchange.fastpath import server
from yiwang.foundation.exchange.fastpath.config import Config
from yiwang.foundation.exchange.fastpath.house import House
from yiwang.foundation.exchange.partner import Partner, household
from yiwang.foundation.exchange.tests import running, two


class Instead:
    """A module with some of its names replaced, for one module that imports it."""

    def __init__(self, real: Any, **changes: Any) -> None:
        self._real, self._changes = real, changes

    def __getattr__(self, name: str) -> Any:
        return self._changes[name] if name in self._changes else getattr(self._real, name)


class Counted(Partner):
    """A partner that counts who so much as knocked."""

    knocks = 0

    async def _talk(self, reader: Any, writer: Any) -> None:
        self.knocks += 1
        await super()._talk(reader, writer)


class _Told:
    """What the server hands its answer to, and reads a body from: as the door's, over aiohttp's server."""

    at_hand = None

    def __init__(self, request: http.BaseRequest) -> None:
        self._request = request
        self.answer = http.Response(status=500)
        self._sent: list[bytes] = []

    @property
    def has_left(self) -> bool:
        return self._request.transport is None

    def __aiter__(self) -> Any:
        return self._request.content.iter_any()

    async def __call__(self) -> bytes:
        return b"".join([piece async for piece in self])

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        self.answer = http.Response(status=status, headers=dict(headers), body=body)

    def response_stream(self, status: int, headers: Any) -> _Told:
        kept = [pair for pair in headers if pair[0] != "content-length"]
        self.response_bytes(status, kept, b"")
        return self

    async def send_bytes(self, data: bytes) -> None:
        self._sent.append(data)

    def whole(self) -> http.Response:
        """The answer, whichever way it was given."""
        if self._sent:
            self.answer.body = b"".join(self._sent)
        return self.answer


class Inside:
    """One node: its application, served on the port the others know."""

    def __init__(self, node: running.Node, *, home: Path, conninfo: str) -> None:
        self.node, self.home, self.conninfo = node, home, conninfo
        self.application = server.Application()
        self.requests: Counter[str] = Counter()
        self._runner: http.ServerRunner | None = None

    @property
    def house(self) -> House:
        found = self.application.house
        assert found is not None
        return found

    async def start(self) -> None:
        given = Config(self.home, self.node.code, self.node.port, self.conninfo)
        self.application.house = House(given)
        self.house.start(asyncio.get_running_loop())
        if self._runner is None:
            self._runner = http.ServerRunner(http.Server(self._handle))
            await self._runner.setup()
            await http.TCPSite(self._runner, "127.0.0.1", self.node.port).start()
        await until(self.is_ready)

    def is_ready(self) -> bool:
        try:
            server.ready(self.house)
            return bool(
                self.house.snapshots.current.callers or self.house.snapshots.current.members
            )
        except server.ExchangeAway:
            return False

    async def restart(self) -> None:
        """A fresh process's memory on the same database."""
        await self.house.stop()
        await self.start()

    async def stop(self) -> None:
        await self.house.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def change(self, statement: str, *values: Any) -> None:
        """An officer changes something in its database, and the server has read it."""
        before = self.house.snapshots.current.taken
        await self.run(statement, *values)
        await self.run("SELECT pg_notify('exchange_changed', '')")
        await until(lambda: self.house.snapshots._newest.taken > before)

    async def run(self, statement: str, *values: Any) -> None:
        link = await psycopg.AsyncConnection.connect(self.conninfo, autocommit=True)
        async with link:
            await link.execute(statement, values)

    async def _handle(self, request: http.BaseRequest) -> http.Response:
        path, _, query = request.raw_path.partition("?")
        self.requests[path] += 1
        scope = SimpleNamespace(
            method=request.method,
            path=path,
            query_string=query,
            headers={name.lower(): value for name, value in request.headers.items()},
        )
        told = _Told(request)
        await self.application.__rsgi__(scope, told)
        return told.whole()


class World:
    """Province, Lanzhou, a partner behind both, and a system of the province that calls."""

    def __init__(self, place: two.Two, caller: running.Caller, partner_port: int) -> None:
        self.place, self.caller, self.partner_port = place, caller, partner_port
        self.partner = Counted(household, slow_seconds=1.0)
        self.province = Inside(
            place.province, home=place.province.home, conninfo=running.conninfo()
        )
        self.lanzhou = Inside(place.lanzhou, home=place.home, conninfo=place.conninfo)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[World]:
        breaker.forget_all()
        async with await self.partner.serve(self.partner_port), aiohttp.ClientSession() as self.out:
            try:
                await self.province.start()
                await self.lanzhou.start()
                yield self
            finally:
                await self.province.stop()
                await self.lanzhou.stop()

    def asked(self, mode: str = "good") -> int:
        """How often the partner was asked in that way."""
        return self.partner.asked.get(mode, 0)

    async def call(self, service: str, *, at=None, nonce=None, caller=None, **question):
        """Status and answer."""
        path, body = address_of(service), said(**question)
        headers = (caller or self.caller).headers(path, body, at=at, nonce=nonce)
        return await self.send(self.province, path, body, headers)

    async def stream(self, service: str, *, nonce=None, **question: Any) -> tuple[int, Any, Any]:
        """Status, first line and records of a large answer."""
        path, body = address_of(service).replace("/calls/", "/streams/"), said(**question)
        headers = self.caller.headers(path, body, nonce=nonce)
        status, answer = await self.send(self.province, path, body, headers)
        if not isinstance(answer, bytes):
            return status, answer, []
        first, *lines = answer.splitlines()
        return status, json.loads(first), [json.loads(line) for line in lines]

    async def send(self, to: Inside, path: str, body: Any, headers: Any) -> tuple[int, Any]:
        url = f"http://127.0.0.1:{to.node.port}{path}"
        async with self.out.post(url, data=body, headers=headers) as answer:
            return answer.status, _read(await answer.read())

    async def seal(self, **changes: Any) -> tuple[int, Any]:
        """A message from the province, closed by the book; ``raw`` changes it afterwards."""
        raw = changes.pop("raw", lambda closed: closed)
        closed = two.closed(self.place, **changes)
        return await self.send(self.lanzhou, two.RELAY, raw(closed), {})


def address_of(service: str) -> str:
    return f"/exchange/v1/calls/{service}"


def said(**question: Any) -> bytes:
    """A call's body."""
    given = {"purpose": "核对申请人情况", "parameters": {"citizen_id": two.NUMBER}, **question}
    return json.dumps(given, ensure_ascii=False).encode()


def code_of(answer: Any) -> str:
    return answer.get("refusal", {}).get("code", "") if isinstance(answer, dict) else ""


async def until(met: Callable[[], object], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not met():
            await asyncio.sleep(0.01)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body  # sealed
