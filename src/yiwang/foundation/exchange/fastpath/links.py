"""Connections to other machines: kept open, one question at a time, answers parsed by aiohttp's parser.

An answer is taken whole or not at all; whatever comes unasked, twice or after an answer ends the
connection, so that nobody's answer is ever read as another's.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from aiohttp.http import HttpResponseParser

from yiwang.foundation.exchange.fastpath import egress, pacing
from yiwang.foundation.exchange.fastpath.refusals import PartnerAway, ReplyTooLarge

CONNECT_SECONDS: Final = 3.0
KEPT_SECONDS: Final = 30.0
_LINE_BYTES: Final = 8_190
_PAUSES_BYTES: Final = 16_777_216  # more than anybody is let say here
#: With any other status the answer's body is not read.
READ: Final = (200, 401, 404)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a connection goes; the name is resolved and looked at for each new one."""

    host: str
    port: int
    secure: bool
    private_ok: bool


class Answer(NamedTuple):
    """One answer; the body only with a status of ``READ``."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Link(asyncio.Protocol):
    """One connection."""

    #: aiohttp's stream looks at it; nothing is paused here, for what is too large ends at once.
    _reading_paused = False

    def __init__(self, gone: Callable[[Link], None]) -> None:
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._pace = pacing.of(self._loop)
        self._transport: Any = None
        self._waiter: asyncio.Future[None] | None = None
        self._parser: Any = None
        self._message: Any = None
        self._payload: Any = None
        self._body = bytearray()
        self._most = 0
        self.is_open = False

    async def ask(self, raw: bytes, *, seconds: float, most: int) -> Answer:
        """TimeoutError, OSError: no answer; ValueError: nonsense; ReplyTooLarge."""
        self._message, self._payload, self._body, self._most = None, None, bytearray(), most
        self._waiter = self._loop.create_future()
        timer = self._loop.call_later(seconds, self._fail, TimeoutError())
        try:
            self._transport.write(raw)
            await self._waiter
        except BaseException:
            self.end()
            raise
        finally:
            timer.cancel()
            self._waiter = None
        message = self._message
        if message.should_close or message.code not in READ:
            self.end()
        return Answer(message.code, message.headers, bytes(self._body))

    def end(self) -> None:
        """Nothing more is said or heard."""
        self.is_open = False
        self._transport.abort()

    def connection_made(self, transport: Any) -> None:
        self._transport, self.is_open = transport, True
        self._parser = HttpResponseParser(
            self,  # type: ignore[arg-type]  # all the parser's stream asks for is here
            self._loop,
            _PAUSES_BYTES,
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=_LINE_BYTES,
            max_field_size=_LINE_BYTES,
        )

    def data_received(self, data: bytes) -> None:
        self._pace.heard()
        if self._waiter is None or self._waiter.done():
            self.end()  # unasked
            return
        try:
            messages, upgraded, rest = self._parser.feed_data(data)
            for message, payload in messages:
                if 100 <= message.code < 200 and message.code != 101:
                    continue
                if self._message is not None:
                    raise ValueError("two answers")
                self._message, self._payload = message, payload
            if upgraded or rest:
                raise ValueError("more than an answer")
            self._look()
        except ReplyTooLarge as error:
            self._fail(error)
        except Exception as error:
            self._fail(ValueError(str(error)[:200]))

    def _look(self) -> None:
        """Is it all there? ReplyTooLarge as soon as that is known."""
        if self._message is None:
            return
        if self._message.code in READ:
            announced = self._message.headers.get("Content-Length", "0")
            if self._payload.total_bytes > self._most or int(announced) > self._most:
                raise ReplyTooLarge
            self._body += self._payload.read_nowait()
            if not self._payload.is_eof():
                return
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer without a length is over now; any other one is cut."""
        self.is_open = False
        if self._waiter is not None and not self._waiter.done():
            if self._message is None:
                self._fail(ConnectionResetError())
            else:
                try:
                    self._parser.feed_eof()
                    self._look()
                except Exception as error:
                    self._fail(ValueError(str(error)[:200]))
                self._fail(ValueError("cut"))
        self._gone(self)

    def pause_reading(self) -> None:
        """The size is looked at with every piece."""

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Never paused."""


class Links:
    """Every connection of this process, those that wait for a question by machine."""

    def __init__(self) -> None:
        self._idle: dict[Machine, list[tuple[float, Link]]] = defaultdict(list)
        self._all: set[Link] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    async def ask(self, machine: Machine, raw: bytes, *, seconds: float, most: int) -> Answer:
        """The newest idle connection, else a new one; all within ``seconds``."""
        ends = time.monotonic() + seconds
        link = self._take(machine) or await self._open(machine, seconds)
        answer = await link.ask(raw, seconds=max(0.0, ends - time.monotonic()), most=most)
        if link.is_open:
            self._keep(machine, link)
        return answer

    def close(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
        for link in tuple(self._all):
            link.end()

    def _take(self, machine: Machine) -> Link | None:
        idle = self._idle.get(machine)
        while idle:
            _since, link = idle.pop()
            if link.is_open:
                return link
        return None

    def _keep(self, machine: Machine, link: Link) -> None:
        self._idle[machine].append((time.monotonic(), link))
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """End what nobody used for half a minute; look again while something is left."""
        self._sweeping, oldest = None, time.monotonic() - KEPT_SECONDS
        for machine, idle in tuple(self._idle.items()):
            for since, link in idle:
                if since <= oldest:
                    link.end()
            self._idle[machine] = [pair for pair in idle if pair[1].is_open]
            if not self._idle[machine]:
                del self._idle[machine]
        if self._idle:
            self._sweeping = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._sweep)

    async def fresh(self, machine: Machine, seconds: float, kind: Callable[..., Any]) -> Any:
        """A connection of another kind, which nobody else uses."""
        return await self._open(machine, seconds, kind)

    async def _open(self, machine: Machine, seconds: float, kind: Any = None) -> Any:
        """To the addresses that were looked at, one after another."""
        loop, error = asyncio.get_running_loop(), OSError("no address")
        async with asyncio.timeout(min(seconds, CONNECT_SECONDS)):
            for _family, address in await egress.look_up(
                machine.host, machine.port, private_ok=machine.private_ok
            ):
                try:
                    _transport, link = await loop.create_connection(
                        lambda: (kind or Link)(self._all.discard),
                        address,
                        machine.port,
                        ssl=_trust() if machine.secure else None,
                        server_hostname=machine.host if machine.secure else None,
                    )
                except OSError as failed:
                    error = failed
                    continue
                self._all.add(link)
                return link
        raise PartnerAway from error


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """The certificates this machine trusts."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
