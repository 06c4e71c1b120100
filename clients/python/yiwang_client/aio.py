"""The asynchronous client, by aiohttp: thousands of calls may wait at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self, Unpack

import aiohttp

from yiwang_client import answers, large, messages, signing
from yiwang_client.answers import Answer, Away
from yiwang_client.client import MOST_BYTES, Asked, question
from yiwang_client.large import Large
from yiwang_client.messages import Message, Published


class AsyncClient:
    """As ``Client``; use it as ``async with AsyncClient(…) as client``."""

    def __init__(
        self, address: str, *, key_id: str, secret: str, limit_seconds: float = 30.0
    ) -> None:
        self._address = address.rstrip("/")
        self._key = signing.Key.given(key_id, secret)
        self._limit_seconds = limit_seconds
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector, trust_env=False)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(
        self, service: str, *, limit_seconds: float | None = None, **asked: Unpack[Asked]
    ) -> Answer:
        """Ask a service; raises ``Refused``, ``Away``, ``NotProven``."""
        body, target = question(asked), f"/exchange/v1/calls/{service}"
        status, answer, proven = await self._send("POST", target, body, limit_seconds)
        return answers.read(status, answer, proven=proven)

    async def stream(
        self, service: str, path: Path, *, limit_seconds: float = 900.0, **asked: Unpack[Asked]
    ) -> Large:
        """As ``call``, for what is too large for memory: ``path`` is there when all of it came."""
        body, target = question(asked), f"/exchange/v1/streams/{service}"
        async with self._request("POST", target, body, limit_seconds) as (response, nonce):
            line = (await response.content.readline()).rstrip(b"\n")
            said = answers.plain(response.status, line, self._proven(response, nonce, line))
            if "stream" in said:
                with large.arriving(path, said) as take:
                    async for piece in response.content.iter_chunked(large.PIECE):
                        take(piece)
        return large.read(said)

    async def publish(
        self, topic: str, key: str, body: Mapping[str, Any], *, order: str = "", subject: str = ""
    ) -> Published:
        """Tell a topic of your own department what happened."""
        raw = messages.publication(key, body, order, subject)
        answer = await self._send("POST", f"/exchange/v1/topics/{topic}", raw, None)
        given = answers.plain(*answer, good=202)
        return Published(given["position"], given["status"] == "KNOWN")

    async def fetch(self, topic: str, *, after: int = 0, most: int = 100) -> list[Message]:
        """What waits for you, in order; it stays until you acknowledge it."""
        answer = await self._send("GET", messages.fetching(topic, after, most), b"", None)
        return [messages.read(one) for one in answers.plain(*answer)["messages"]]

    async def acknowledge(self, topic: str, position: int) -> int:
        """You have dealt with everything up to this position; how many that were."""
        raw, target = json.dumps({"position": position}).encode(), f"/exchange/v1/messages/{topic}"
        count: int = answers.plain(*await self._send("POST", target, raw, None))["acknowledged"]
        return count

    async def services(self, node: str = "") -> list[dict[str, Any]]:
        """What this node, or another one, answers."""
        target = f"/exchange/v1/services/{node}" if node else "/exchange/v1/services"
        status, body, _proven = await self._send("GET", target, b"", None)
        found: list[dict[str, Any]] = answers.plain(status, body, True)["services"]
        return found

    async def _send(
        self, method: str, target: str, body: bytes, limit_seconds: float | None
    ) -> tuple[int, bytes, bool]:
        async with self._request(method, target, body, limit_seconds) as (response, nonce):
            answer = await response.content.read(MOST_BYTES)
            while not response.content.at_eof() and len(answer) < MOST_BYTES:
                answer += await response.content.read(MOST_BYTES - len(answer))
            return response.status, answer, self._proven(response, nonce, answer)

    def _proven(self, response: aiohttp.ClientResponse, nonce: str, answer: bytes) -> bool:
        mac = response.headers.get("x-exchange-mac", "")
        return signing.is_proven(self._key, response.status, nonce, answer, mac)

    @asynccontextmanager
    async def _request(
        self, method: str, target: str, body: bytes, limit_seconds: float | None
    ) -> AsyncIterator[tuple[aiohttp.ClientResponse, str]]:
        if self._session is None:
            raise RuntimeError("use the client with “async with”")
        signed = signing.sign(self._key, method, target, body)
        try:
            async with (
                asyncio.timeout(limit_seconds or self._limit_seconds),
                self._session.request(
                    method,
                    self._address + target,
                    data=body or None,
                    headers=dict(signed.headers),
                    allow_redirects=False,
                ) as response,
            ):
                yield response, signed.nonce
        except (TimeoutError, OSError, aiohttp.ClientError) as error:
            raise Away("Unreachable", "连不上交换节点，或超过了时限。") from error
