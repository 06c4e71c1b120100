"""A connection outward: used again when all was well, ended by whatever was not asked for."""

from __future__ import annotations

import asyncio

import pytest

from yiwang.foundation.exchange.fastpath.links import KEPT_SECONDS, Links, Machine
from yiwang.foundation.exchange.fastpath.refusals import ReplyTooLarge

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GOOD = HEAD + b"Content-Length: 2\r\n\r\n{}"


def talk(*said, questions=1, most=1_000, seconds=5.0, after=b""):
    """Bodies or errors of the questions, and how many connections were made; ``said`` in turn."""

    async def run():
        made, left = [], list(said)

        async def there(reader, writer):
            made.append(writer)
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(left.pop(0))
                if left and left[0] == b"close":
                    left.pop(0)
                    writer.close()
                    return
                await writer.drain()

        server = await asyncio.start_server(there, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        machine, links, found = Machine("127.0.0.1", port, False, True), Links(), []
        for _ in range(questions):
            try:
                raw = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                answer = await links.ask(machine, raw, seconds=seconds, most=most)
                found.append(answer.body)
            except Exception as error:
                found.append(type(error))
            if after and made:
                made[-1].write(after)
                await asyncio.sleep(0.05)
        links.close()
        server.close()
        return found, len(made)

    return asyncio.run(run())


def test_a_connection_is_used_again():
    assert talk(GOOD, GOOD, GOOD, questions=3) == ([b"{}"] * 3, 1)


def test_an_answer_nobody_asked_for_is_no_answer_to_the_next_question():
    forged = HEAD + b"Content-Length: 4\r\n\r\nevil"
    assert talk(GOOD, GOOD, questions=2, after=forged) == ([b"{}"] * 2, 2)


@pytest.mark.parametrize(
    "said",
    [
        GOOD + GOOD,
        GOOD + b"more",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n?",
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x00\x01\x02",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 9_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_single_answer_is_nonsense_and_ends_the_connection(said):
    (first, second), made = talk(said, GOOD, questions=2)
    assert (first, second, made) == (ValueError, b"{}", 2)


def test_pieces_and_an_open_end_are_put_together():
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    assert talk(chunked, GOOD, questions=2) == ([b"{}"] * 2, 1)
    assert talk(HEAD + b"\r\n{}", b"close", GOOD, questions=2) == ([b"{}"] * 2, 2)
    assert talk(b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD) == ([b"{}"], 1)


def test_an_answer_cut_short_is_nonsense_and_none_at_all_is_away():
    assert talk(HEAD + b"Content-Length: 9\r\n\r\n{}", b"close") == ([ValueError], 1)
    assert talk(b"", b"close") == ([ConnectionResetError], 1)


def test_too_much_is_known_before_it_has_come():
    assert talk(HEAD + b"Content-Length: 1001\r\n\r\n")[0] == [ReplyTooLarge]
    endless = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1_001
    assert talk(endless)[0] == [ReplyTooLarge]


def test_who_does_not_answer_in_time_is_left():
    assert talk(b"", GOOD, questions=2, seconds=0.05)[0][0] is TimeoutError


def test_a_body_is_read_only_with_a_status_that_was_agreed():
    refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 100000\r\n\r\n"
    assert talk(refused, GOOD, questions=2) == ([b"", b"{}"], 2)


def test_what_nobody_uses_is_ended(monkeypatch):
    monkeypatch.setattr("yiwang.foundation.exchange.fastpath.links.KEPT_SECONDS", 0.02)
    assert KEPT_SECONDS == 30

    async def run():
        ended = asyncio.Event()

        async def there(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(GOOD)
            if not await reader.read():
                ended.set()

        server = await asyncio.start_server(there, "127.0.0.1", 0)
        machine = Machine("127.0.0.1", server.sockets[0].getsockname()[1], False, True)
        await Links().ask(machine, b"GET / HTTP/1.1\r\n\r\n", seconds=5, most=10)
        await asyncio.wait_for(ended.wait(), 5)
        server.close()

    asyncio.run(run())
