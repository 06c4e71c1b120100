"""Departments with large answers: how a partner of the tests gives them, well and badly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

LINES = "application/x-ndjson"
JSON = "application/json"


def records(count: int, *, size: int = 200) -> Iterator[bytes]:
    """Records of a household register; ``size``: of the address."""
    for number in range(count):
        record = {
            "name": "马晓燕",
            "citizen_id": f"62010219400101{number % 10_000:04d}",
            "address": f"示例路 {number} 号".ljust(size, "x"),
            "alive": number % 2 == 0,
            "mother": "示例",
        }
        yield json.dumps(record, ensure_ascii=False).encode()


def begin(writer: Any, kind: str = JSON) -> None:
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())


async def a_list(writer: Any, rows: Iterator[bytes], *, end: bytes = b"]") -> None:
    begin(writer)
    sign = b"[ "
    for row in rows:
        writer.write(sign + row)
        sign = b",\n"
        await writer.drain()
    writer.write(end)
    await writer.drain()


async def several(partner: Any, writer: Any, answer: Any) -> None:
    await a_list(writer, records(4_000))


async def nested(partner: Any, writer: Any, answer: Any) -> None:
    rows = [{"name": 'a "}{[" b', "address": {"lines": ["[", {"x": "}"}]}, "alive": None}]
    await a_list(writer, (json.dumps(row).encode() for row in rows * 3))


async def lines(partner: Any, writer: Any, answer: Any) -> None:
    begin(writer, LINES)
    writer.write(b"\n".join(records(3_000)))
    await writer.drain()


async def none(partner: Any, writer: Any, answer: Any) -> None:
    await a_list(writer, iter(()), end=b"[]")


async def fifty(partner: Any, writer: Any, answer: Any) -> None:
    await a_list(writer, records(500, size=105_000))


async def hundred(partner: Any, writer: Any, answer: Any) -> None:
    await a_list(writer, records(1_000, size=105_000))


async def torn(partner: Any, writer: Any, answer: Any) -> None:
    await a_list(writer, records(1_000), end=b"")


async def silent(partner: Any, writer: Any, answer: Any) -> None:
    await a_list(writer, records(1_000), end=b"")
    await asyncio.sleep(4)
    writer.write(b"]")


async def dripping(partner: Any, writer: Any, answer: Any) -> None:
    begin(writer, LINES)
    for row in records(20):
        writer.write(row + b"\n")
        await writer.drain()
        await asyncio.sleep(0.2)


async def text(partner: Any, writer: Any, answer: Any) -> None:
    """Nothing that could be sifted by record."""
    begin(writer)
    writer.write(b'{"name": "' + b"x" * 2_000_000 + b'"}')
    await writer.drain()


MODES = {
    "several": several,
    "nested": nested,
    "lines": lines,
    "none": none,
    "fifty": fifty,
    "hundred": hundred,
    "torn": torn,
    "silent": silent,
    "dripping": dripping,
    "text": text,
}
#: What a service of the tests declares: how large, how long without a word.
SERVICES = {
    "several": {"reply_bytes": 10_485_760},
    "nested": {},
    "lines": {"reply_bytes": 10_485_760},
    "none": {},
    "fifty": {"reply_bytes": 10_485_760},
    "torn": {"reply_bytes": 10_485_760},
    "silent": {"reply_bytes": 10_485_760, "limit_seconds": 0.5},
    "dripping": {"reply_bytes": 10_485_760},
    "text": {"reply_bytes": 10_485_760},
}
