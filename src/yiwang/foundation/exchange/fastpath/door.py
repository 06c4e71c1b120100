"""The door: connections of those who ask, parsed by aiohttp's parser, handed to the application as RSGI.

One request at a time on each; what comes early waits. Who is slow with a head, with a body or with
reading, or only stays, is cut off; nothing but whole requests costs more than a connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final

from aiohttp.http import HttpRequestParser, HttpVersion11

from yiwang.foundation.exchange.fastpath import pacing, web
from yiwang.foundation.exchange.fastpath.refusals import RequestMalformed

_log = logging.getLogger("yiwang.exchange")

#: Calls mostly wait for other machines: thousands may be open at once.
MOST_OPEN: Final = 8_192
HEAD_SECONDS: Final = 10.0
#: Longer than our own nodes keep a connection they do not use.
IDLE_SECONDS: Final = 75.0
#: Until an answer has gone out; until whoever sent too much has heard so.
SEND_SECONDS: Final = 60.0
LINGER_SECONDS: Final = 5.0
_SWEEP_SECONDS: Final = 1.0
_EARLY_BYTES: Final = 65_536
_LINE_BYTES: Final = 8_190
_NEVER: Final = float("inf")
_STATUS: Final = {one.value: f"HTTP/1.1 {one.value} {one.phrase}\r\n" for one in HTTPStatus}
_MALFORMED: Final = web.refused(RequestMalformed())
_GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Asked:
    """One request: RSGI's scope and protocol."""

    __slots__ = ("_door", "_payload", "at_hand", "headers", "method", "path", "query_string")

    def __init__(self, door: Door, message: Any, payload: Any) -> None:
        self._door, self._payload = door, payload
        self.method: str = message.method
        self.path, _mark, self.query_string = message.path.partition("?")
        self.headers = message.headers
        #: The body, when all of it came with the head.
        self.at_hand: bytes | None = payload.read_nowait() if payload.is_eof() else None

    @property
    def has_left(self) -> bool:
        """Has whoever asked closed his side? A large answer would find nobody."""
        return self._door.is_gone or self._door.has_said_all

    async def __call__(self) -> bytes:
        return b"".join([piece async for piece in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.at_hand is not None:
            yield self.at_hand
            return
        if self.headers.get("expect", "").lower() == "100-continue":
            self._door.write(_GO_ON)
        if piece := self._payload.read_nowait():
            yield piece
        while not self._payload.is_eof():
            await self._door.hear()
            if piece := self._payload.read_nowait():
                yield piece

    def response_bytes(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        self._door.answer(status, headers, body)

    def response_stream(self, status: int, headers: Sequence[tuple[str, str]]) -> Door:
        """``headers`` say how long it will be."""
        self._door.begin(status, headers)
        return self._door


class Door(asyncio.Protocol):
    """One connection."""

    #: aiohttp's stream looks at it.
    _reading_paused = False

    def __init__(self, doors: Doors) -> None:
        self._doors, self._loop = doors, doors.loop
        self._pace = pacing.of(doors.loop)
        self._transport: Any = None
        self._parser: Any = None
        self._waiting: deque[tuple[Any, Any]] = deque()
        self._message: Any = None
        self._payload: Any = None
        self._task: asyncio.Task[None] | None = None
        self._early = bytearray()
        self._head_begun = self._is_last = self._is_leaving = False
        self._is_clogged = self._is_paused = self.has_said_all = False
        self._owed = -1  # bytes of the answer that have not been written; -1 before it began
        self._more: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self.is_gone = False
        self.deadline = _NEVER

    # --- what comes in ---

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        if len(self._doors.open) >= MOST_OPEN or self._doors.is_closing:
            transport.abort()
            return
        self._doors.open.add(self)
        self.deadline = self._loop.time() + HEAD_SECONDS
        self._parser = HttpRequestParser(
            self,  # type: ignore[arg-type]  # all the parser's stream asks for is here
            self._loop,
            web.BODY_BYTES,
            max_line_size=_LINE_BYTES,
            max_field_size=_LINE_BYTES,
            auto_decompress=False,
        )

    def data_received(self, data: bytes) -> None:
        self._pace.heard()
        if self._is_leaving or self._parser is None:
            return  # thrown away
        if self._task is not None and self._payload.is_eof():
            self._early += data
            if len(self._early) > _EARLY_BYTES:
                self.pause_reading()
            return
        self._feed(data)

    def _feed(self, data: bytes) -> None:
        try:
            messages, upgraded, _rest = self._parser.feed_data(data)
        except Exception:
            self._refuse()
            return
        self._is_last |= upgraded
        self._waiting.extend(messages)
        if self._task is None:
            self._next()
        else:
            _wake(self._more)

    async def hear(self) -> None:
        """Until more of the body has come."""
        self._more = self._loop.create_future()
        await self._more

    def _next(self) -> None:
        if not self._waiting:
            if not self._head_begun:
                self._head_begun, self.deadline = True, self._loop.time() + HEAD_SECONDS
            return
        self._message, self._payload = message, payload = self._waiting.popleft()
        if not message.path.isascii() or message.method == "CONNECT":
            self._refuse()
            return
        self._head_begun, self._owed, self.deadline = False, -1, _NEVER
        if message.should_close or message.version != HttpVersion11:
            self._is_last = True
        asked = Asked(self, message, payload)
        self._task = self._loop.create_task(self._doors.application.__rsgi__(asked, asked))
        self._task.add_done_callback(self._done)

    def _refuse(self) -> None:
        """This is no HTTP, or none of ours."""
        if self._task is not None:
            self._task.cancel()
        self._is_last = True
        headers = [*web.headers_of(_MALFORMED), ("content-length", str(len(_MALFORMED.body)))]
        self.write(self._head(_MALFORMED.status, headers) + _MALFORMED.body)
        self._leave()

    def eof_received(self) -> bool:
        """Whoever has asked may stop talking and still hear the answers."""
        self.has_said_all = True
        return self._task is not None and self._payload.is_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        """A request that came whole is dealt with all the same: it may have been passed on."""
        del exc
        self.is_gone = True
        self._doors.open.discard(self)
        if self._task is not None and not self._payload.is_eof():
            self._task.cancel()
        _wake(self._room)

    # --- what goes out ---

    def write(self, data: bytes) -> None:
        if not self.is_gone and not self._is_leaving:
            self._transport.write(data)

    def answer(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        """The whole answer."""
        if status != HTTPStatus.NO_CONTENT:
            headers = [*headers, ("content-length", str(len(body)))]
        head = self._head(status, headers)
        self.write(head if self._message.method == "HEAD" else head + body)
        self._owed = 0

    def begin(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """An answer in pieces."""
        self.write(self._head(status, headers))
        self._owed = int(dict(headers)["content-length"])

    async def send_bytes(self, piece: bytes) -> None:
        """No faster than it is read. ConnectionResetError when nobody reads any more."""
        self.write(piece)
        self._owed -= len(piece)
        if self._is_clogged and not self.is_gone:
            self._room = self._loop.create_future()
            await self._room
        if self.is_gone:
            raise ConnectionResetError

    def _head(self, status: int, headers: Sequence[tuple[str, str]]) -> bytes:
        if self._doors.is_closing or self._payload is None or not self._payload.is_eof():
            self._is_last = True
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
        end = "connection: close\r\n\r\n" if self._is_last else "\r\n"
        return f"{_STATUS[status]}{lines}{self._doors.date}{end}".encode("latin-1")

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if self.is_gone or self._is_leaving:
            return
        if task.cancelled() or task.exception() is not None or self._owed != 0:
            _log.error("no whole answer", exc_info=None if task.cancelled() else task.exception())
            self.end()
        elif self._is_clogged:
            self.deadline = self._loop.time() + SEND_SECONDS
        else:
            self._go_on()

    def _go_on(self) -> None:
        """The answer is out: the next request, or none."""
        if self._is_last or self._doors.is_closing:
            self._leave()
            return
        self.deadline = self._loop.time() + IDLE_SECONDS
        if self._waiting:
            self._next()
        if self._early and (self._task is None or not self._payload.is_eof()):
            data = bytes(self._early)
            self._early.clear()
            self._read_on()
            self._feed(data)
        if self.has_said_all and (self._task is None or not self._payload.is_eof()):
            self.end()

    def _leave(self) -> None:
        """Whoever still sends may read first what we said."""
        self._is_leaving = True
        self.deadline = self._loop.time() + (SEND_SECONDS if self._is_clogged else LINGER_SECONDS)
        if self._payload is None or self._payload.is_eof():
            self._transport.close()
        else:
            self._transport.write_eof()
            self._read_on()

    def leave(self) -> None:
        """The process ends: nothing is asked any more on this connection."""
        if self._task is None and not self._is_leaving:
            self._leave()

    def end(self) -> None:
        """At once."""
        self.is_gone = True
        self._transport.abort()

    def pause_writing(self) -> None:
        self._is_clogged = True

    def resume_writing(self) -> None:
        self._is_clogged = False
        _wake(self._room)
        if self._task is None and not self._is_leaving:
            self._go_on()

    def pause_reading(self) -> None:
        """Too much came early; or, of aiohttp's stream, twice what a body may have."""
        if not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Of aiohttp's stream: such a body is refused, not read."""

    def _read_on(self) -> None:
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()


class Doors:
    """Every connection of those who ask, looked through once a second."""

    def __init__(self, application: Any, loop: asyncio.AbstractEventLoop) -> None:
        self.application, self.loop = application, loop
        self.open: set[Door] = set()
        self.is_closing = False
        self.date = ""
        self._sweep()

    def __call__(self) -> Door:
        return Door(self)

    def _sweep(self) -> None:
        now = self.loop.time()
        self.date = f"date: {formatdate(usegmt=True)}\r\n"
        for door in tuple(self.open):
            if door.deadline < now:
                door.end()
        self._timer = self.loop.call_later(_SWEEP_SECONDS, self._sweep)

    async def close(self, seconds: float) -> None:
        """Nothing new; what is under way has so long."""
        self.is_closing, until = True, self.loop.time() + seconds
        for door in tuple(self.open):
            door.leave()
        while self.open and self.loop.time() < until:
            await asyncio.sleep(0.02)
        for door in tuple(self.open):
            door.end()
        self._timer.cancel()


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
