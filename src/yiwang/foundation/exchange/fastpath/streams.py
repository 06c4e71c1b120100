"""大答复: an answer too large for memory, laid down on disk record by record and handed on in pieces.

It is whole, counted, hashed and on record at both nodes before its first byte goes to the caller. Between
nodes each part is a message of its own, so that sealing, clocks and grants are those of every other one.
How it comes from the service behind: ``collecting``; how from another node: ``piecing``.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yiwang.foundation.exchange.fastpath import web
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    PartnerBusy,
    ReplyGone,
    RequestMalformed,
)
from yiwang.foundation.exchange.fastpath.spool import Spool, Spools
from yiwang.foundation.exchange.fastpath.web import Response

#: As the address and the kinds of nodes' messages name it.
WAY: Final = "stream"
PART: Final = "part"
PATH: Final = "/exchange/v1/streams/"
#: No service may declare more.
MOST_BYTES: Final = 209_715_200
#: Until the caller has it; how long a part waits to be fetched.
SEND_SECONDS: Final = 600.0
HOLD_SECONDS: Final = 90.0
HELD_A_NODE: Final = 8
_log = logging.getLogger("yiwang.exchange")


@dataclass(frozen=True, slots=True)
class Kept:
    """A large answer that lies here."""

    spool: Spool
    rows: int
    as_of: str = ""
    more: bool = False


@dataclass(slots=True)
class Held:
    """One that waits to be fetched by another node."""

    question: Question
    spool: Spool
    timer: asyncio.TimerHandle


class Streams:
    """Large answers of this process."""

    def __init__(self, home: Path) -> None:
        self.spools = Spools(home)
        self._held: dict[tuple[str, str], Held] = {}

    def make_room(self, node: str) -> None:
        """PartnerBusy for a node that has not fetched what lies here for it."""
        if sum(1 for held_for, _message in self._held if held_for == node) >= HELD_A_NODE:
            raise PartnerBusy

    def hold(self, node: str, message: str, question: Question, spool: Spool) -> None:
        """It may be fetched by that node, for a while."""
        name = (node, message)
        self._held[name] = Held(question, spool, self._later(name))

    def held(self, node: str, message: Any) -> Held:
        """ReplyGone: it was fetched, or nobody came for it."""
        held = self._held.get((node, message)) if isinstance(message, str) else None
        if held is None:
            raise ReplyGone
        held.timer.cancel()
        held.timer = self._later((node, message))
        return held

    async def part(self, held: Held, number: Any) -> bytes:
        """One part; with the last one the disk is free again."""
        if type(number) is not int or not 0 <= number < held.spool.pieces:
            raise RequestMalformed
        piece = await asyncio.to_thread(held.spool.read, number)
        if number == held.spool.pieces - 1:
            for name in [name for name, one in self._held.items() if one is held]:
                self._drop(name)
        return piece

    def _later(self, name: tuple[str, str]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(HOLD_SECONDS, self._drop, name)

    def _drop(self, name: tuple[str, str]) -> None:
        held = self._held.pop(name, None)
        if held is not None:
            held.timer.cancel()
            held.spool.close()


def _may(spool: Spool) -> None:
    """Revoked meanwhile: then it stops here, and the caller sees that it is not whole."""
    spool.may()


async def send(protocol: Any, response: Response) -> None:
    """The first line, then the records, no faster than the caller reads."""
    spool = response.spool
    assert spool is not None  # noqa: S101  # nosec B101 the server asks before
    size = len(response.body) + 1 + spool.size
    headers = [*web.headers_of(response), ("content-length", str(size))]
    try:
        async with asyncio.timeout(SEND_SECONDS):
            out = protocol.response_stream(response.status, headers)
            await out.send_bytes(response.body + b"\n")
            for number in range(spool.pieces):
                _may(spool)
                await out.send_bytes(await asyncio.to_thread(spool.read, number))
    except (CannotCall, TimeoutError, OSError, RuntimeError) as error:
        _log.warning("a large answer was not sent whole: %s", type(error).__name__)
    finally:
        spool.close()
