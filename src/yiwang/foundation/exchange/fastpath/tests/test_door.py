"""The door: whole requests one after another, whatever else comes ends the connection or waits."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import uvloop

from yiwang.foundation.exchange.fastpath import door, web
from yiwang.foundation.exchange.fastpath.refusals import CannotCall

GET = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
BIG = b"x" * 5_000_000


class Application:
    """Says what it was asked; ``/slow`` after a moment, ``/stream`` and ``/big`` five megabytes."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.sent = 0

    async def __rsgi__(self, scope, protocol):
        try:
            request = await web.read(scope, protocol)
        except CannotCall as refusal:
            web.write(protocol, web.refused(refusal))
            return
        self.asked.append(request.target)
        if request.path == "/slow":
            await asyncio.sleep(0.2)
        if request.path == "/stream":
            out = protocol.response_stream(200, [("content-length", str(len(BIG)))])
            for start in range(0, len(BIG), 100_000):
                await out.send_bytes(BIG[start : start + 100_000])
                self.sent += 1
        elif request.path == "/cut":
            protocol.response_stream(200, [("content-length", "10")])
        else:
            body = BIG if request.path == "/big" else request.target.encode() + request.body
            web.write(protocol, web.Response(204 if request.path == "/none" else 200, body))


def with_a_door(visit):
    """What ``visit(connect, application, doors)`` returns; ``connect()`` is a reader and a writer."""

    async def run():
        application, loop = Application(), asyncio.get_running_loop()
        doors = door.Doors(application, loop)
        server = await loop.create_server(doors, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        def connect():
            return asyncio.open_connection("127.0.0.1", port, limit=1_000)

        try:
            async with asyncio.timeout(20):
                return await visit(connect, application, doors)
        finally:
            server.close()
            await doors.close(0)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


async def answer(reader):
    """Status, headers, body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:-2])
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return int(head[0].split()[1]), headers, body


def said(raw, *more):
    """The statuses and bodies of everything that is answered until the connection ends."""

    async def visit(connect, application, doors):
        reader, writer = await connect()
        for piece in (raw, *more):
            writer.write(piece)
            await asyncio.sleep(0.05)
        writer.write_eof()
        found = []
        while not reader.at_eof():
            try:
                status, _headers, body = await answer(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            found.append((status, body))
        return found, application.asked

    return with_a_door(visit)


def test_requests_on_one_connection_are_answered_in_order():
    assert said(GET % 1 + GET % 2, GET % 3)[0] == [(200, b"/1"), (200, b"/2"), (200, b"/3")]


def test_what_comes_while_an_answer_is_awaited_waits():
    slow = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
    late = (GET % 2, POST % 3, b"ab", b"c" + GET % 4)
    answers, asked = said(slow, *late)
    assert answers == [(200, b"/slow"), (200, b"/2"), (200, b"/pabc"), (200, b"/4")]
    assert asked == ["/slow", "/2", "/p", "/4"]


def test_a_body_whose_beginning_came_with_the_request_before_is_whole():
    slow = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
    assert said(slow + POST % 4 + b"ab", b"cd")[0][1] == (200, b"/pabcd")


def test_a_body_in_pieces_of_unknown_length_is_read():
    head = b"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert said(head + b"2\r\nab\r\n", b"1\r\nc\r\n0\r\n\r\n")[0] == [(200, b"/pabc")]


def test_whoever_waits_to_be_told_is_told_to_go_on():
    async def visit(connect, application, doors):
        reader, writer = await connect()
        writer.write(b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n")
        writer.write(b"Expect: 100-continue\r\n\r\n")
        told = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"ok")
        return told, (await answer(reader))[2]

    assert with_a_door(visit) == (b"HTTP/1.1 100 Continue\r\n\r\n", b"/pok")


def test_an_older_client_and_one_that_says_so_are_left_after_the_answer():
    for raw in (
        b"GET /1 HTTP/1.0\r\n\r\n",
        b"GET /1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ):

        async def visit(connect, application, doors, raw=raw):
            reader, writer = await connect()
            writer.write(raw)
            _status, headers, body = await answer(reader)
            return headers["connection"], body, await reader.read()

        assert with_a_door(visit) == ("close", b"/1", b"")


def test_an_answer_without_a_body_has_no_length():
    async def visit(connect, application, doors):
        reader, writer = await connect()
        writer.write(b"GET /none HTTP/1.1\r\nHost: x\r\n\r\nHEAD /1 HTTP/1.1\r\nHost: x\r\n\r\n")
        none = await reader.readuntil(b"\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(GET % 5)
        return none, head, await answer(reader)

    none, head, after = with_a_door(visit)
    assert none.startswith(b"HTTP/1.1 204 No Content\r\n")
    assert b"content-length" not in none
    assert b"content-length: 2\r\n" in head
    assert after[2] == b"/5"


@pytest.mark.parametrize(
    "raw",
    [
        b"no http at all\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /省 HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
        b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 9_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_asks_nothing(raw):
    answers, asked = said(raw, GET % 2)
    assert [status for status, _body in answers] == [400]
    assert b'"RequestMalformed"' in answers[0][1]
    assert asked == []


def test_whoever_sends_too_much_hears_so():
    async def visit(connect, application, doors):
        reader, writer = await connect()
        writer.write(POST % 50_000_000 + b"x" * 4_000_000)
        status, headers, _body = await answer(reader)
        return status, headers["connection"], application.asked

    assert with_a_door(visit) == (413, "close", [])
    head = b"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert said(head + b"200000\r\n" + b"x" * 0x200000)[0][0][0] == 413


def test_a_request_that_came_whole_is_dealt_with_though_nobody_waits_any_more():
    async def visit(connect, application, doors):
        _reader, writer = await connect()
        writer.write(GET % 1)
        writer.transport.abort()
        _reader, writer = await connect()
        writer.write(POST % 100 + b"half")
        await asyncio.sleep(0.1)
        writer.transport.abort()
        await asyncio.sleep(0.1)
        return application.asked, len(doors.open)

    asked, still_open = with_a_door(visit)
    assert asked in (["/1"], [])  # an aborted connection may lose what was sent
    assert still_open == 0


@pytest.mark.parametrize("raw", [b"", b"GET /1 HTTP/1.1\r\nHo", GET % 1])
def test_whoever_is_slow_or_only_stays_is_cut_off(raw, monkeypatch):
    monkeypatch.setattr(door, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(door, "IDLE_SECONDS", 0.3)
    monkeypatch.setattr(door, "_SWEEP_SECONDS", 0.1)

    async def visit(connect, application, doors):
        reader, writer = await connect()
        writer.write(raw)
        if raw.endswith(b"\r\n\r\n"):
            await answer(reader)
        for _ in range(6):  # a byte now and then does not help
            await asyncio.sleep(0.1)
            if raw and not raw.endswith(b"\r\n\r\n"):
                with contextlib.suppress(RuntimeError):  # cut off, as it should
                    writer.write(b"s")
        try:
            return await reader.read()
        except ConnectionError:
            return b""

    assert with_a_door(visit) == b""


def test_an_answer_goes_no_faster_than_it_is_read():
    async def visit(connect, application, doors):
        reader, writer = await connect()
        writer.write(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n" + GET % 2)
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.3)
        early = application.sent
        body = await reader.readexactly(len(BIG))
        return early < 50, body == BIG, (await answer(reader))[2]

    assert with_a_door(visit) == (True, True, b"/2")


def test_a_large_answer_goes_out_whole_before_the_next():
    async def visit(connect, application, doors):
        reader, writer = await connect()
        writer.write(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n" + GET % 2)
        await asyncio.sleep(0.2)
        waits = application.asked == ["/big"]
        return waits, len((await answer(reader))[2]), (await answer(reader))[2]

    assert with_a_door(visit) == (True, len(BIG), b"/2")


def test_an_answer_that_is_not_whole_ends_the_connection():
    async def visit(connect, application, doors):
        reader, writer = await connect()
        writer.write(b"GET /cut HTTP/1.1\r\nHost: x\r\n\r\n" + GET % 2)
        await reader.readuntil(b"\r\n\r\n")
        try:
            return await reader.read()
        except ConnectionError:
            return b""

    assert with_a_door(visit) == b""


def test_at_the_end_what_is_under_way_is_answered_and_nothing_new_is_asked():
    async def visit(connect, application, doors):
        idle, _idle = await connect()
        reader, writer = await connect()
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" + GET % 2)
        await asyncio.sleep(0.1)
        await doors.close(5)
        _status, headers, body = await answer(reader)
        return await idle.read(), headers["connection"], body, application.asked

    assert with_a_door(visit) == (b"", "close", b"/slow", ["/slow"])


def test_more_than_so_many_connections_are_not_kept(monkeypatch):
    monkeypatch.setattr(door, "MOST_OPEN", 2)

    async def visit(connect, application, doors):
        pairs = [await connect() for _ in range(3)]
        await asyncio.sleep(0.1)
        try:
            last = await pairs[2][0].read()
        except ConnectionError:
            last = b""
        pairs[0][1].write(GET % 1)
        return last, (await answer(pairs[0][0]))[2], len(doors.open)

    assert with_a_door(visit) == (b"", b"/1", 2)
