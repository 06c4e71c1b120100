"""Bad days of large replies, each with its one defence, as in ``bad_days``."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from typing import Any

import pytest

from yiwang.foundation.exchange.fastpath import (
    collecting,
    flowing,
    grants,
    piecing,
    receipts,
    rows,
    serving,
    spool,
    streams,
)
from yiwang.foundation.exchange.tests.bad_days import (
    NAME,
    Defence,
    _away,
    later,
    nothing,
    put,
    yes,
)
from yiwang.foundation.exchange.tests.inside import World, code_of, said, until

Patch = pytest.MonkeyPatch


async def _is_free(w: World) -> None:
    """Nothing of it is left on a disk."""
    for node in (w.province, w.lanzhou):
        await until(lambda node=node: node.house.streams.spools.open == 0, 5)
        assert node.house.streams.spools.used == 0


async def fifty_megabytes_where_ten_are_allowed(w: World) -> None:
    assert code_of((await w.stream("62/fifty"))[1]) == "ReplyTooLarge"
    await _is_free(w)


async def one_that_never_ends(w: World) -> None:
    with pytest.MonkeyPatch.context() as patience:
        patience.setattr(collecting, "COLLECT_SECONDS", collecting.COLLECT_SECONDS / 300)
        assert code_of((await w.stream("62/dripping"))[1]) == "PartnerAway"
    await _is_free(w)


async def one_that_stops_in_the_middle(w: World) -> None:
    status, head, found = await w.stream("62/torn")
    assert (status, code_of(head), found) == (502, "PartnerNonsense", [])
    await _is_free(w)


async def one_that_falls_silent(w: World) -> None:
    began = asyncio.get_running_loop().time()
    assert code_of((await w.stream("62/silent"))[1]) == "PartnerAway"
    assert asyncio.get_running_loop().time() - began < 3.5
    await _is_free(w)


async def the_disk_is_full(w: World) -> None:
    """A full disk of ours is no fault of the department's."""
    with open("/dev/full", "r+b", buffering=0) as full, pytest.MonkeyPatch.context() as disk:
        disk.setattr(
            tempfile, "TemporaryFile", lambda **_: os.fdopen(os.dup(full.fileno()), "r+b", 0)
        )
        found = [code_of((await w.stream("62/several"))[1]) for _ in range(6)]
    assert found == ["SpoolFull"] * 6
    await _is_free(w)
    assert (await w.stream("62/several"))[0] == 200


async def more_than_this_node_lays_down(w: World) -> None:
    w.province.house.streams.spools.most = 400_000
    assert code_of((await w.stream("62/several"))[1]) == "SpoolFull"
    await _is_free(w)


async def another_node_gives_other_records_than_it_signed_for(w: World) -> None:
    streams_there = w.lanzhou.house.streams
    part = streams_there.part

    async def altered(held: Any, number: Any) -> bytes:
        return (await part(held, number)).replace(b"true", b"null")

    streams_there.part = altered  # type: ignore[method-assign]
    assert code_of((await w.stream("620100/several"))[1]) == "PartnerNonsense"
    await _is_free(w)


async def another_node_gives_more_than_it_was_asked_for(w: World) -> None:
    with pytest.MonkeyPatch.context() as there:  # Lanzhou lost its own sieve
        there.setattr(grants.Sieve, "one", lambda self, record: record)
        status, head, found = await w.stream("620100/several", fields=["alive"])
    assert (status, code_of(head), found) == (502, "PartnerNonsense", [])


async def a_name_is_in_clear(w: World) -> None:
    _status, head, found = await w.stream("62/several")
    assert head["status"] == "FOUND"
    assert NAME not in json.dumps(found, ensure_ascii=False)


async def the_grant_ends_between_two_parts(w: World) -> None:
    streams_there = w.lanzhou.house.streams
    part = streams_there.part

    async def revoked(held: Any, number: Any) -> bytes:
        piece = await part(held, number)
        if number == 0:
            await w.lanzhou.change("UPDATE agreements_grant SET state = 'SUSPENDED'")
        return piece

    streams_there.part = revoked  # type: ignore[method-assign]
    status, head, found = await w.stream("620100/several")
    assert (status, code_of(head), found) == (403, "GrantIsOver", [])


async def the_grant_ends_while_it_is_sent(w: World) -> None:
    read = spool.Spool.read

    def slowly(self: Any, number: int) -> bytes:
        if number == 0:
            change = w.province.change("UPDATE agreements_grant SET state = 'ENDED'")
            asyncio.run_coroutine_threadsafe(change, loop).result(30)
        return read(self, number)

    loop = asyncio.get_running_loop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool.Spool, "read", slowly)
        path, body = "/exchange/v1/streams/62/several", said()
        _status, answer = await w.send(w.province, path, body, w.caller.headers(path, body))
    head = json.loads(answer.split(b"\n")[0])
    assert len(answer) < head["stream"]["bytes"]
    await _is_free(w)


async def the_database_goes_in_the_middle(w: World) -> None:
    waiting = asyncio.create_task(w.stream("62/dripping"))
    await until(lambda: w.asked("dripping"))
    async with _away(w.province):
        status, head, found = await waiting
    assert (status, code_of(head), found) == (503, "ExchangeAway", [])


# --- how each is taken out ------------------------------------------------------------------------

_PIECES, _NEXT = flowing.Flow.pieces, flowing.Flow._next


def unlimited(self: Any, *, pause: float, most: int) -> Any:
    return _PIECES(self, pause=pause, most=1 << 40)


async def patient(self: Any, pause: float) -> bytes:
    return await _NEXT(self, 1e6)


def careless(number: int, data: bytes, at: int) -> None:
    os.pwrite(number, data, at)


def counted(self: Any, found: Any) -> None:
    self.rows += sum(1 for _row in found)


DEFENCES = (
    Defence("size", put(flowing.Flow, "pieces", unlimited), fifty_megabytes_where_ten_are_allowed),
    Defence("time for all of it", put(collecting, "COLLECT_SECONDS", 1e9), one_that_never_ends),
    Defence(
        "its end", put(rows.Elements, "end", lambda self: iter(())), one_that_stops_in_the_middle
    ),
    Defence("time between pieces", put(flowing.Flow, "_next", patient), one_that_falls_silent),
    Defence("whose disk is full", put(spool, "_write", careless), the_disk_is_full),
    Defence(
        "limit of the spool", put(spool.Spools, "take", nothing), more_than_this_node_lays_down
    ),
    Defence(
        "digest of the records",
        put(piecing, "_is_as_announced", yes),
        another_node_gives_other_records_than_it_signed_for,
    ),
    Defence(
        "no more fields than asked for",
        put(piecing.Seen, "_look", counted),
        another_node_gives_more_than_it_was_asked_for,
    ),
    Defence("masks", put(grants.Sieve, "one", lambda self, record: record), a_name_is_in_clear),
    Defence(
        "grant at each part", put(serving, "still_may", nothing), the_grant_ends_between_two_parts
    ),
    Defence("grant at each piece", put(streams, "_may", nothing), the_grant_ends_while_it_is_sent),
    Defence(
        "receipt first", put(receipts.Receipts, "write", later), the_database_goes_in_the_middle
    ),
)
