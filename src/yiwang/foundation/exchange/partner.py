"""A department's service that behaves as badly as it is told: in tests and on the sample installation.

``python -m yiwang.foundation.exchange.partner PORT``; ``POST /<mode>`` answers in one of ``MODES``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from yiwang.kernel.moments import now

Writer = asyncio.StreamWriter
JSON: Final = "application/json; charset=utf-8"
_PIECE: Final = b" " * 65_536


class Partner:
    """Answers ``record(parameters)``; counts how often it was asked in which way."""

    def __init__(
        self, record: Callable[[dict[str, Any]], Any], *, slow_seconds: float = 10.0
    ) -> None:
        self.record = record
        self.slow_seconds = slow_seconds
        self.asked: dict[str, int] = {}
        self.before: Any = None  # what was answered last
        self.at_once = self.most_at_once = 0

    async def serve(self, port: int, host: str = "127.0.0.1") -> asyncio.Server:
        """Begin to listen."""
        return await asyncio.start_server(self._talk, host, port, backlog=4096)

    async def _talk(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        try:
            while await self._one(reader, writer):
                continue
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            return
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: Writer) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        mode = lines[0].split(" ")[1].split("?")[0].strip("/")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked[mode] = self.asked.get(mode, 0) + 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._answer(mode, body, writer)
            await writer.drain()
        finally:
            self.at_once -= 1
        return mode in KEPT_OPEN

    async def _answer(self, mode: str, body: bytes, writer: Writer) -> None:
        try:
            answer = self.record(json.loads(body or b"{}"))
        except ValueError:
            await _CARELESS.get(mode, _refuse)(self, writer, None)
            return
        await (MODES | SUBTLE_MODES).get(mode, _wrong_address)(self, writer, answer)
        self.before = answer


async def _good(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, json.dumps(answer, ensure_ascii=False).encode())


async def _slow(partner: Partner, writer: Writer, answer: Any) -> None:
    await asyncio.sleep(partner.slow_seconds)
    await _good(partner, writer, answer)


async def _down(partner: Partner, writer: Writer, answer: Any) -> None:
    writer.close()


async def _error(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, b'{"error": "ORA-00600"}', status="500 Internal Server Error")


async def _half(partner: Partner, writer: Writer, answer: Any) -> None:
    body = json.dumps(answer, ensure_ascii=False).encode()
    _send(writer, body[: len(body) // 2], length=len(body))


async def _garbage(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, b"\x00<html>502 Bad Gateway" + b"\xff" * 99)


async def _page(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, "<html>请登录</html>".encode(), kind="text/html; charset=utf-8")


async def _charset(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, json.dumps(answer, ensure_ascii=False).encode("gb18030"))


async def _declared_charset(partner: Partner, writer: Writer, answer: Any) -> None:
    body = json.dumps(answer, ensure_ascii=False).encode("gb18030")
    _send(writer, body, kind="application/json; charset=gb18030")


async def _control(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, b'{"name": "\\u0000\\u001b[2J"}')


async def _number(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, b'{"name": NaN}')


async def _deep(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, b'{"name": ' + b"[" * 5000 + b"]" * 5000 + b"}")


async def _scalar(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, b"42")


async def _large(partner: Partner, writer: Writer, answer: Any) -> None:
    _head(writer, length=52_428_800)
    await _pour(writer, 800)


async def _endless(partner: Partner, writer: Writer, answer: Any) -> None:
    _head(writer, length=None)
    await _pour(writer, None)


async def _trickle(partner: Partner, writer: Writer, answer: Any) -> None:
    _head(writer, length=10_000)
    for _ in range(10_000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def _redirect(partner: Partner, writer: Writer, answer: Any) -> None:
    writer.write(
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/\r\n"
        b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    )


async def _packed(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, b"\x1f\x8b" + b"\0" * 50, more="Content-Encoding: gzip\r\n")


async def _wrong_address(partner: Partner, writer: Writer, answer: Any) -> None:
    _send(writer, b'{"detail": "Not Found"}', status="404 Not Found")


async def _nobody(partner: Partner, writer: Writer, answer: Any) -> None:
    moment = now().isoformat()
    _send(writer, json.dumps({"status": "NOT_FOUND", "as_of": moment}).encode())


async def _refuse(partner: Partner, writer: Writer, answer: Any) -> None:
    """Who knows his questions says no to a wrong one."""
    _send(writer, b'{"error": "parameters"}', status="400 Bad Request")


async def _answer_twice(partner: Partner, writer: Writer, answer: Any) -> None:
    await _good(partner, writer, answer)
    await _good(partner, writer, answer)


async def _duplicate(partner: Partner, writer: Writer, answer: Any) -> None:
    await _good(partner, writer, [answer, answer])


async def _talkative(partner: Partner, writer: Writer, answer: Any) -> None:
    await _good(partner, writer, {**answer, "mother": "示例"})


async def _forgetful(partner: Partner, writer: Writer, answer: Any) -> None:
    await _good(partner, writer, {"name": answer["name"]})


async def _mistyped(partner: Partner, writer: Writer, answer: Any) -> None:
    await _good(partner, writer, {**answer, "alive": "1"})


async def _overlong(partner: Partner, writer: Writer, answer: Any) -> None:
    await _good(partner, writer, {**answer, "name": answer["name"] * 40})


async def _tomorrow(partner: Partner, writer: Writer, answer: Any) -> None:
    moment = (now() + timedelta(days=1)).isoformat()
    await _good(partner, writer, {"status": "FOUND", "value": answer, "as_of": moment})


async def _moody(partner: Partner, writer: Writer, answer: Any) -> None:
    home = f"示例路 {partner.asked['moody']} 号"
    await _good(partner, writer, answer and {**answer, "address": home})


async def _out_of_order(partner: Partner, writer: Writer, answer: Any) -> None:
    await _good(partner, writer, partner.before or answer)


async def _ignorant(partner: Partner, writer: Writer, answer: Any) -> None:
    """No record is an error to him."""
    if answer is None:
        await _error(partner, writer, answer)
    else:
        await _good(partner, writer, answer)


async def _anybody(partner: Partner, writer: Writer, answer: Any) -> None:
    """Whatever he is asked, he has somebody."""
    await _good(partner, writer, answer or household({"citizen_id": "62010219400101001X"}))


MODES: Final[dict[str, Callable[[Partner, Writer, Any], Awaitable[None]]]] = {
    "good": _good,
    "slow": _slow,
    "down": _down,
    "error": _error,
    "half": _half,
    "garbage": _garbage,
    "page": _page,
    "charset": _charset,
    "declared-charset": _declared_charset,
    "control": _control,
    "number": _number,
    "deep": _deep,
    "scalar": _scalar,
    "large": _large,
    "endless": _endless,
    "trickle": _trickle,
    "redirect": _redirect,
    "packed": _packed,
    "wrong-address": _wrong_address,
    "nobody": _nobody,
}
KEPT_OPEN: Final = ("good", "slow", "nobody")
#: What must never be taken for an answer.
BAD_MODES: Final = tuple(mode for mode in MODES if mode not in KEPT_OPEN)
#: What one answer does not show, or a node cannot know: the conformance kit finds it.
SUBTLE_MODES: Final[dict[str, Callable[[Partner, Writer, Any], Awaitable[None]]]] = {
    "answer-twice": _answer_twice,
    "duplicate": _duplicate,
    "talkative": _talkative,
    "forgetful": _forgetful,
    "mistyped": _mistyped,
    "overlong": _overlong,
    "tomorrow": _tomorrow,
    "moody": _moody,
    "out-of-order": _out_of_order,
    "ignorant": _ignorant,
    "anybody": _anybody,
    "careless": _good,
    "fragile": _good,
}
#: What they do when they are asked wrongly; everybody else refuses.
_CARELESS: Final = {"careless": _anybody, "fragile": _error}


def _send(
    writer: Writer,
    body: bytes,
    *,
    status: str = "200 OK",
    kind: str = JSON,
    length: int | None = None,
    more: str = "",
) -> None:
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n{more}\r\n"
    writer.write(head.encode("latin-1") + body)


def _head(writer: Writer, *, length: int | None) -> None:
    size = "" if length is None else f"Content-Length: {length}\r\n"
    writer.write(
        f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n{size}Connection: close\r\n\r\n".encode()
    )


async def _pour(writer: Writer, pieces: int | None) -> None:
    done = 0
    while pieces is None or done < pieces:
        writer.write(_PIECE)
        await writer.drain()
        done += 1


def household(parameters: dict[str, Any]) -> dict[str, Any]:
    """A made-up household register: everybody is 马晓燕."""
    number = str(parameters.get("citizen_id", ""))
    return {"name": "马晓燕", "citizen_id": number, "address": "示例路 1 号", "alive": True}


def register(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """A made-up register that knows two people and its questions; ValueError for a wrong question."""
    number = parameters.get("citizen_id")
    if set(parameters) != {"citizen_id"} or not isinstance(number, str) or len(number) != 18:
        raise ValueError("not a question")
    people = {"62010219400101001X": "马晓燕", "620102194002020027": "王建国"}
    if number not in people:
        return None
    return {**household(parameters), "name": people[number]}


async def _run(port: int) -> None:
    server = await Partner(household).serve(port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(int(sys.argv[1])))
