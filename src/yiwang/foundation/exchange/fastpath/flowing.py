"""An answer that is read as it comes, and no faster than it is used: what lies in between is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

from aiohttp.http import HttpResponseParser

from yiwang.foundation.exchange.fastpath.refusals import ReplyTooLarge

_LINE_BYTES: Final = 8_190
#: So much is gathered before it is looked at.
_GATHERED: Final = 64 * 1024
_AHEAD: Final = 128 * 1024


class Flow(asyncio.Protocol):
    """A connection for one question; it ends with its answer."""

    #: aiohttp's stream looks at it, and at ``connected``.
    _reading_paused = False

    def __init__(self, gone: Callable[[Any], None]) -> None:
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._parser: Any = None
        self._payload: Any = None
        self._begun: asyncio.Future[Any] = self._loop.create_future()
        self.connected = False

    async def begin(self, raw: bytes) -> tuple[int, Mapping[str, str]]:
        """Status and headers. TimeoutError, OSError: no answer; ValueError: nonsense."""
        self._parser = HttpResponseParser(
            self,  # type: ignore[arg-type]  # all the parser's stream asks for is here
            self._loop,
            _AHEAD,
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=_LINE_BYTES,
            max_field_size=_LINE_BYTES,
        )
        self._transport.write(raw)
        message = await self._begun
        return message.code, message.headers

    async def pieces(self, *, pause: float, most: int) -> AsyncIterator[bytes]:
        """The body. ReplyTooLarge beyond ``most``; TimeoutError when nothing comes for ``pause``
        seconds; ValueError when it stops in the middle."""
        size, gathered = 0, bytearray()
        while True:
            piece = await self._next(pause)
            size += len(piece)
            if size > most:
                raise ReplyTooLarge
            gathered += piece
            if gathered and (len(gathered) >= _GATHERED or not piece):
                yield bytes(gathered)
                gathered.clear()
            if not piece:
                return

    async def _next(self, pause: float) -> bytes:
        try:
            async with asyncio.timeout(pause):
                return bytes(await self._payload.readany())
        except (TimeoutError, OSError):
            raise
        except Exception as error:  # the parser's own, of several families
            raise ValueError(str(error)[:200]) from error

    def end(self) -> None:
        """Nothing more is said or heard."""
        self.connected = False
        self._transport.abort()

    def connection_made(self, transport: Any) -> None:
        self._transport, self.connected = transport, True

    def data_received(self, data: bytes) -> None:
        if self._parser is None:
            self.end()  # unasked
            return
        try:
            messages, upgraded, rest = self._parser.feed_data(data)
            for message, payload in messages:
                if 100 <= message.code < 200 and message.code != 101:
                    continue
                if self._begun.done():
                    raise ValueError("two answers")
                self._payload = payload
                self._begun.set_result(message)
            if upgraded or rest:
                raise ValueError("more than an answer")
        except Exception as error:
            self._fail(ValueError(str(error)[:200]))

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer without a length is over now; any other one is cut."""
        self.connected = False
        try:
            if self._parser is not None:
                self._parser.feed_eof()
        except Exception as error:
            self._fail(ValueError(str(error)[:200]))
        if self._payload is None or not self._payload.is_eof():
            self._fail(ConnectionResetError() if self._payload is None else ValueError("cut"))
        self._gone(self)

    def pause_reading(self) -> None:
        """Enough lies here: the sender waits."""
        self._transport.pause_reading()

    def resume_reading(self, resume_parser: bool = True) -> None:
        del resume_parser
        if self.connected:
            self._transport.resume_reading()

    def _fail(self, error: Exception) -> None:
        if not self._begun.done():
            self._begun.set_exception(error)
        elif self._payload is not None and not self._payload.is_eof():
            self._payload.set_exception(error)
