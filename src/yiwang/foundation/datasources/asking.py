"""Asking a published query from any process: asyncio and the standard library, no Django.

The exchange's upstream ``local:<name>`` comes here. One frame each way over a unix socket: four bytes
of length, a JSON head, and behind the head of an answer the rows as JSON, so that who only hands them
on need not read them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yiwang.foundation.datasources.definitions import Outcome, SourceAwayNow

MOST_HEAD: Final = 4 * 1024 * 1024  # a batch of 10,000 keys fits
MOST_BODY: Final = 16 * 1024 * 1024
_KEPT: Final = 16
#: Unix sockets have short names; a longer one is reached by way of its folder.
_LONGEST_PATH: Final = 100


class Garbled(Exception):
    """What came is no frame."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got. ``body``: the rows (or yes and no) as a JSON list; ``refusal``: as in
    ``Refusal.as_json`` when REFUSED or AWAY; ``as_of``: ISO, when this was true at the source."""

    outcome: Outcome
    body: bytes = b"[]"
    count: int = 0
    more: bool = False
    as_of: str = ""
    source: str = ""
    refusal: Mapping[str, Any] | None = None
    batch: Mapping[str, Any] | None = None  # of a table: what this part of it is
    last: bool = True  # of a large answer: nothing comes after it

    @property
    def rows(self) -> list[Any]:
        found: list[Any] = json.loads(self.body)
        return found


def socket_of(home: Path) -> Path:
    """Where the query process of an installation listens."""
    return home / "run" / "query.sock"


def short(path: Path) -> str:
    """A name of the socket that fits: through a descriptor of its folder when it is long."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return str(path)
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    return f"/proc/self/fd/{folder}/{path.name}"


def pack(head: Mapping[str, Any], body: bytes = b"") -> bytes:
    """A frame."""
    text = json.dumps({**head, "body": len(body)}, ensure_ascii=False).encode()
    return struct.pack(">I", len(text)) + text + body


async def unpack(reader: asyncio.StreamReader) -> tuple[dict[str, Any], bytes] | None:
    """A frame, None at the end; ``Garbled`` for anything else."""
    try:
        (length,) = struct.unpack(">I", await reader.readexactly(4))
        if length > MOST_HEAD:
            raise Garbled
        head = json.loads(await reader.readexactly(length))
        size = head.get("body", 0) if isinstance(head, dict) else -1
        if not isinstance(size, int) or not 0 <= size <= MOST_BODY:
            raise Garbled
        return head, await reader.readexactly(size) if size else b""
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise Garbled from error
        return None
    except (ValueError, RecursionError) as error:
        raise Garbled from error


class Asker:
    """Asks the query process of one installation; keeps some lines open."""

    def __init__(self, home: Path) -> None:
        self._path = socket_of(home)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(
        self,
        *,
        name: str,
        parameters: Mapping[str, Any],
        fields: Sequence[str] = (),
        at_most: Sequence[str] = (),
        caller: str = "",
        limit_seconds: float = 10.0,
    ) -> Answer:
        """Rows for one question; of ``at_most`` those it has. Never raises for the source's sake: then
        REFUSED or AWAY."""
        asked = {"query": name, "parameters": dict(parameters), "fields": list(fields)}
        asked["at_most"] = list(at_most)
        return await self._say({**asked, "caller": caller}, limit_seconds)

    async def verify(
        self, *, name: str, keys: Sequence[Any], caller: str, limit_seconds: float = 30.0
    ) -> Answer:
        """``true`` or ``false`` for each key, in order; ``caller``: whose daily volume it counts on."""
        return await self._say(
            {"verify": name, "keys": list(keys), "caller": caller}, limit_seconds
        )

    async def batch(
        self, *, name: str, part: Mapping[str, Any], hidden: Mapping[str, str], limit_seconds: float
    ) -> Answer:
        """A part of a table in COPY's text, or only its count and sum; of the fields ``hidden`` names,
        each as its rule leaves it ("" as it is)."""
        return await self._say(
            {"batch": name, "part": dict(part), "hidden": dict(hidden)}, limit_seconds
        )

    async def large(
        self,
        *,
        name: str,
        parameters: Mapping[str, Any],
        at_most: Sequence[str] = (),
        caller: str = "",
        pause: float = 10.0,
    ) -> AsyncGenerator[Answer]:
        """A large answer, one record a line, piece by piece on a line of its own: leaving it ends the
        question. The last one says how many there were; REFUSED or AWAY is always the last."""
        asked = {"large": True, "query": name, "parameters": dict(parameters), "fields": []}
        writer = None
        try:
            reader, writer = await self._line(fresh=True)
            writer.write(pack({**asked, "at_most": list(at_most), "caller": caller}))
            while True:
                async with asyncio.timeout(pause):
                    await writer.drain()
                    said = await unpack(reader)
                answer = _away() if said is None else _answer(*said)
                yield answer
                if answer.last:
                    return
        except (OSError, TimeoutError, Garbled):
            yield _away()
        finally:
            if writer is not None:
                writer.close()

    async def close(self) -> None:
        """End every line."""
        while self._idle:
            self._idle.pop()[1].close()

    async def _say(self, asked: dict[str, Any], limit_seconds: float) -> Answer:
        writer = None
        try:
            async with asyncio.timeout(limit_seconds):
                reader, writer = await self._line()
                writer.write(pack(asked))
                await writer.drain()
                said = await unpack(reader)
        except (OSError, TimeoutError, Garbled):
            said = None
        if said is None:
            if writer is not None:
                writer.close()
            return _away()
        if writer is not None:
            self._keep(reader, writer)
        return _answer(*said)

    async def _line(
        self, *, fresh: bool = False
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle and not fresh:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        path = short(self._path)
        try:
            return await asyncio.open_unix_connection(path, limit=1 << 20)
        finally:
            if path.startswith("/proc/self/fd/"):
                os.close(int(path.split("/")[4]))

    def _keep(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._idle) < _KEPT:
            self._idle.append((reader, writer))
        else:
            writer.close()


def _answer(head: Mapping[str, Any], body: bytes) -> Answer:
    with contextlib.suppress(KeyError, ValueError, TypeError):
        return Answer(
            Outcome(head["outcome"]),
            body if "batch" in head or "last" in head else body or b"[]",
            int(head.get("count", 0)),
            bool(head.get("more", False)),
            str(head.get("as_of", "")),
            str(head.get("source", "")),
            head.get("refusal"),
            head.get("batch"),
            bool(head.get("last", True)),
        )
    return _away()


def _away() -> Answer:
    refusal = SourceAwayNow().as_json()["refusal"]
    return Answer(Outcome.AWAY, refusal=refusal if isinstance(refusal, dict) else None)
