"""大答复 from the service behind: record by record through the sieve onto the disk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from yiwang.foundation.exchange import breaker
from yiwang.foundation.exchange.fastpath import (
    grants,
    local,
    notation,
    questions,
    rows,
    upstreams,
)
from yiwang.foundation.exchange.fastpath.links import Answer
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    PartnerAway,
    PartnerNonsense,
    ReplyTooLarge,
    ServiceUnknown,
    SpoolFull,
)
from yiwang.foundation.exchange.fastpath.snapshot import FastService
from yiwang.foundation.exchange.fastpath.spool import Spool
from yiwang.foundation.exchange.fastpath.streams import Kept

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

#: From the question to the last byte.
COLLECT_SECONDS: Final = 300.0
_LINES: Final = "application/x-ndjson"
_NO_ROWS: Final = "大答复应是对象的 JSON 列表，或者每行一条记录（NDJSON），才能按授权逐条筛选。"


async def collect(
    house: House, service: FastService, question: Question, sieve: grants.Sieve, message: str
) -> Kept:
    """The service's whole answer through the sieve onto the disk. A refusal of the AWAY family when
    nothing is known; SpoolFull; ServiceUnknown for one that has no large answers."""
    if service.kind == local.VERIFY:
        raise ServiceUnknown("批量核验没有大答复。", "请用普通调用，一批一批地核验。")
    with house.upstreams.places.one(service.code, service.per_partner):
        if service.upstream.startswith(local.PREFIX):
            return await _laid_down(
                house, lambda spool: _from_source(house, service, question, sieve, spool)
            )
        upstreams.refuse_resting(service.code)
        try:
            kept = await _laid_down(
                house, lambda spool: _flow(house, service, question, sieve, message, spool)
            )
        except (SpoolFull, *upstreams.RIGHTFUL):
            raise
        except CannotCall:
            breaker.failed(service.code)
            raise
        breaker.succeeded(service.code)
        return kept


async def _laid_down(house: House, flow: Callable[[Spool], Awaitable[Kept]]) -> Kept:
    """A file of its own for what comes, within its time; nothing is left of what was not whole."""
    spool = house.streams.spools.new()
    try:
        async with asyncio.timeout(COLLECT_SECONDS):
            return await flow(spool)
    except BaseException as error:
        spool.close()
        if isinstance(error, TimeoutError | OSError | ValueError):
            raise _named(error) from error
        raise


async def _from_source(
    house: House, service: FastService, question: Question, sieve: grants.Sieve, spool: Spool
) -> Kept:
    """From a data source of this node; it has limits of its own, so nothing rests here."""
    sifting, last = Sifting(spool, sieve, is_lines=True), None
    pieces = house.upstreams.large(
        service, question.parameters, caller=question.system, fields=tuple(sieve.rules)
    )
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            await asyncio.to_thread(sifting.feed, piece.body)
            last = piece
    kept = await asyncio.to_thread(sifting.finish)
    if last is None or kept.rows != last.count:
        raise PartnerNonsense
    return replace(kept, as_of=last.as_of, more=last.more)


def _named(error: Exception) -> CannotCall:
    return PartnerAway() if isinstance(error, TimeoutError | OSError) else PartnerNonsense()


async def _flow(
    house: House,
    service: FastService,
    question: Question,
    sieve: grants.Sieve,
    message: str,
    spool: Spool,
) -> Kept:
    flow, raw = await house.upstreams.flow(
        service, question.parameters, message=message, caller=question.system
    )
    try:
        async with asyncio.timeout(service.limit_seconds):
            status, headers = await flow.begin(raw)
        sifting = Sifting(spool, sieve, _is_lines(status, headers))
        most = service.reply_bytes if status == 200 else rows.ROW_BYTES
        if status not in (200, 404):
            upstreams.accepted(Answer(status, headers, b""), wanted=upstreams.JSON)
        if int(headers.get("Content-Length", "0")) > most:
            raise ReplyTooLarge
        async for piece in flow.pieces(pause=service.limit_seconds, most=most):
            await asyncio.to_thread(sifting.feed, piece)
        if status == 404:
            upstreams.accepted(Answer(404, headers, sifting.small), wanted=upstreams.JSON)
        return await asyncio.to_thread(sifting.finish)
    finally:
        flow.end()


def _is_lines(status: int, headers: Mapping[str, str]) -> bool:
    """One record a line? PartnerNonsense for a type that is none of ours."""
    kind, _charset = upstreams.kind_of(headers.get("Content-Type", ""))
    if status != 200:
        return False
    wanted = _LINES if kind == _LINES else upstreams.JSON
    upstreams.accepted(Answer(200, headers, b""), wanted=wanted)
    return kind == _LINES


class Sifting:
    """What comes, record by record through the sieve onto the disk."""

    def __init__(self, spool: Spool, sieve: grants.Sieve, is_lines: bool) -> None:
        self._spool, self._sieve = spool, sieve
        self._cutter: rows.Lines | rows.Elements | None = rows.Lines() if is_lines else None
        self.small = b""  # an object, or what is not known yet
        self.rows = 0

    def feed(self, piece: bytes) -> None:
        """ValueError, PartnerNonsense for what is not agreed; SpoolFull."""
        if self._cutter is None:
            self.small = (self.small + piece).lstrip(b" \t\r\n")
            if len(self.small) > rows.ROW_BYTES and self.small[:1] != b"[":
                raise PartnerNonsense(_NO_ROWS)
            if self.small[:1] != b"[":
                return
            piece, self.small, self._cutter = self.small, b"", rows.Elements()
        self._keep(self._cutter.feed(piece))

    def finish(self) -> Kept:
        """It has all come."""
        as_of, more = "", False
        if self._cutter is not None:
            self._keep(self._cutter.end())
        else:
            found = upstreams.read_answer(self.small)
            as_of, more = found.as_of, found.more
            self._keep(notation.write(record) for record in found.read())
        self._spool.finish()
        return Kept(self._spool, self.rows, as_of, more)

    def _keep(self, found: Iterable[bytes]) -> None:
        lines = []
        for row in found:
            record = notation.read(row)
            if not questions.readable(record):
                raise PartnerNonsense
            lines.append(notation.write(self._sieve.one(record)) + b"\n")
        self.rows += len(lines)
        self._spool.write(b"".join(lines))
