"""大答复 of another node: fetched part by part, and looked at before it is passed on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from yiwang.foundation.exchange.fastpath import notation, questions, refusals, rows
from yiwang.foundation.exchange.fastpath.collecting import COLLECT_SECONDS
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import (
    PartnerAway,
    PartnerNonsense,
    ReplyTooLarge,
    RequestMalformed,
)
from yiwang.foundation.exchange.fastpath.spool import Spool
from yiwang.foundation.exchange.fastpath.streams import MOST_BYTES, PART, Kept

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

#: Until the other node has all of it; of its parts.
ANSWER_SECONDS: Final = COLLECT_SECONDS + 15
FETCH_SECONDS: Final = 300.0


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
