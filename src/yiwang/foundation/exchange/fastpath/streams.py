"""大答复: an answer too large for memory, laid down on disk record by record and handed on in pieces.

It is whole, counted, hashed and on record at both nodes before its first byte goes to the caller. Between
nodes each part is a message of its own, so that sealing, clocks and grants are those of every other one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from yiwang.foundation.exchange import breaker
from yiwang.foundation.exchange.fastpath import (
    grants,
    local,
    notation,
    questions,
    refusals,
    rows,
    upstreams,
    web,
)
from yiwang.foundation.exchange.fastpath.links import Answer
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    PartnerAway,
    PartnerBusy,
    PartnerNonsense,
    ReplyGone,
    ReplyTooLarge,
    RequestMalformed,
    ServiceUnknown,
    SpoolFull,
)
from yiwang.foundation.exchange.fastpath.snapshot import FastService
from yiwang.foundation.exchange.fastpath.spool import Spool, Spools
from yiwang.foundation.exchange.fastpath.web import Response

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

#: As the address and the kinds of nodes' messages name it.
WAY: Final = "stream"
PART: Final = "part"
PATH: Final = "/exchange/v1/streams/"
#: No service may declare more.
MOST_BYTES: Final = 209_715_200
#: From the question to the last byte of the service behind; until the other node has it; of its parts;
#: until the caller has it; how long a part waits to be fetched.
COLLECT_SECONDS: Final = 300.0
ANSWER_SECONDS: Final = COLLECT_SECONDS + 15
FETCH_SECONDS: Final = 300.0
SEND_SECONDS: Final = 600.0
HOLD_SECONDS: Final = 90.0
HELD_A_NODE: Final = 8
_LINES: Final = "application/x-ndjson"
_NO_ROWS: Final = "大答复应是对象的 JSON 列表，或者每行一条记录（NDJSON），才能按授权逐条筛选。"
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


# --- from the service behind ----------------------------------------------------------------------


async def collect(
    house: House, service: FastService, question: Question, sieve: grants.Sieve, message: str
) -> Kept:
    """The service's whole answer through the sieve onto the disk. A service of the AWAY family when
    nothing is known; SpoolFull; ServiceUnknown for one that has no large answers."""
    if service.upstream.startswith(local.PREFIX):
        raise ServiceUnknown("数据源发布的服务没有大答复。", "请用普通调用，或者整表交换。")
    with house.upstreams.places.one(service.code, service.per_partner):
        upstreams.refuse_resting(service.code)
        spool = house.streams.spools.new()
        try:
            async with asyncio.timeout(COLLECT_SECONDS):
                kept = await _flow(house, service, question, sieve, message, spool)
        except (SpoolFull, *upstreams.RIGHTFUL):
            spool.close()
            raise
        except (CannotCall, TimeoutError, OSError, ValueError) as error:
            spool.close()
            breaker.failed(service.code)
            raise _named(error) from error
        except BaseException:
            spool.close()
            raise
        breaker.succeeded(service.code)
        return kept


def _named(error: Exception) -> CannotCall:
    if isinstance(error, CannotCall):
        return error
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


# --- between nodes, and to the caller -------------------------------------------------------------


async def fetch(house: House, question: Question, head: bytes, message: str) -> Kept:
    """A large answer of another node, part by part, checked against what its first line says."""
    said = questions.plain_object(head)
    announced = _announced(said)
    spool = house.streams.spools.new()
    seen = Seen(spool, frozenset(question.fields))
    provider, number = question.service.split("/")[0], 0
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            while spool.size < announced[1]:
                piece = await _part(house, provider, message, number)
                await asyncio.to_thread(seen.feed, piece)
                number += 1
        await asyncio.to_thread(seen.finish)
        if not _is_as_announced(seen, spool, announced):
            raise PartnerNonsense
    except TimeoutError as error:
        spool.close()
        raise PartnerAway from error
    except ValueError as error:
        spool.close()
        raise PartnerNonsense from error
    except BaseException:
        spool.close()
        raise
    return Kept(spool, seen.rows)


class Seen:
    """Records of another node: none may hold a field that was not asked for."""

    def __init__(self, spool: Spool, asked: frozenset[str]) -> None:
        self._spool, self._asked = spool, asked
        self._lines = rows.Lines()
        self.rows = 0

    def feed(self, piece: bytes) -> None:
        if not piece:
            raise PartnerNonsense
        self._spool.write(piece)
        self._look(self._lines.feed(piece))

    def finish(self) -> None:
        self._look(self._lines.end())
        self._spool.finish()

    def _look(self, found: Iterable[bytes]) -> None:
        for row in found:
            record = notation.read(row)
            if not isinstance(record, dict) or not record.keys() <= self._asked:
                raise PartnerNonsense
            self.rows += 1


def _announced(said: Mapping[str, Any]) -> tuple[int, int, str]:
    """How many records, how long, which digest."""
    stream = said.get("stream")
    if not isinstance(stream, dict) or "value" in said or "rows" in said:
        raise PartnerNonsense
    count, size, digest = (stream.get(name) for name in ("rows", "bytes", "sm3"))
    if type(count) is not int or type(size) is not int or not isinstance(digest, str):
        raise PartnerNonsense
    if not 0 < count <= size:
        raise PartnerNonsense
    if size > MOST_BYTES:
        raise ReplyTooLarge
    return count, size, digest


def _is_as_announced(seen: Seen, spool: Spool, announced: tuple[int, int, str]) -> bool:
    return (seen.rows, spool.size, spool.digest) == announced


async def _part(house: House, node: str, message: str, number: int) -> bytes:
    asked = notation.write({"message": message, "part": number})
    raw = await house.partners.ask(house.snapshots.current, node, PART, asked)
    status, _separator, body = raw.partition(b"\n")
    if status == b"200":
        return body
    try:
        refusal = questions.plain_object(body).get("refusal")
    except RequestMalformed as error:
        raise PartnerNonsense from error
    code = refusal.get("code") if isinstance(refusal, dict) else None
    raise refusals.by_code(str(code))()


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
