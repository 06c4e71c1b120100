"""The children: a few for each source, started when first asked, ended when they do not answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from yiwang.foundation.datasources.asking import Garbled, unpack
from yiwang.foundation.datasources.opening import COMMAND, ENVIRONMENT
from yiwang.foundation.datasources.runner.catalogue import Source

PER_SOURCE: Final = 2
#: Children in all; the one that was idle longest makes room.
MOST_CHILDREN: Final = 24
#: Questions that wait for a child of one source; a further one is told to come back.
MOST_WAITING: Final = 32
OPEN_SECONDS: Final = 60.0
#: A child that outlives its question so long is ended; it should have ended itself before.
BEYOND_SECONDS: Final = 2.0


class Away(Exception):
    """No child answered; ``code`` says why, as ``child.Problem``."""

    def __init__(self, code: str, about: str = "") -> None:
        self.code, self.about = code, about
        super().__init__(code)


@dataclass(slots=True)
class Child:
    """One process that holds one source open."""

    process: asyncio.subprocess.Process
    there: asyncio.StreamWriter
    back: asyncio.StreamReader

    async def say(self, told: Mapping[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """One frame there, one back; ``Away`` and the end of the child when none comes in time."""
        data = json.dumps(told).encode()
        return await self.hear(seconds, struct.pack(">I", len(data)) + data)

    async def hear(self, seconds: float, data: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """The next frame, after what is said first."""
        try:
            async with asyncio.timeout(seconds):
                if data:
                    self.there.write(data)
                    await self.there.drain()
                answered = await unpack(self.back)
        except (TimeoutError, Garbled, ConnectionError) as error:
            await self.end()
            raise Away("too-slow" if isinstance(error, TimeoutError) else "broken") from error
        except asyncio.CancelledError:
            self.kill()
            raise
        if answered is None:
            code = await self.process.wait()
            raise Away("too-slow" if code == -14 else "too-large" if code == -9 else "broken")
        return answered

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    async def end(self) -> None:
        self.kill()
        await self.process.wait()

    @property
    def alive(self) -> bool:
        return self.process.returncode is None


@dataclass(slots=True)
class Pool:
    """The children of one source as it is now."""

    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PER_SOURCE))
    idle: list[Child] = field(default_factory=list)
    waiting: int = 0
    is_streaming: bool = False  # one large answer at a time, beside the others' places
    over: bool = False  # the source has changed meanwhile


#: What a child must be told to open a source, and the descriptors it needs (closed after its start).
Opening = Callable[[Source], tuple[dict[str, Any], tuple[int, ...]]]


class Pools:
    """The children of every source."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._pools: OrderedDict[tuple[str, int, tuple[str, ...]], Pool] = OrderedDict()

    async def ask(
        self, source: Source, indexes: tuple[str, ...], asked: Mapping[str, Any]
    ) -> tuple[dict[str, Any], bytes]:
        """One question to a child of this source; ``Away`` says what went wrong."""
        pool = self._pool(source, indexes)
        if pool.waiting >= MOST_WAITING:
            raise Away("busy")
        pool.waiting += 1
        try:
            async with pool.free:
                child = await self._child(pool, source, indexes)
                head, body = await child.say(asked, float(asked["seconds"]) + BEYOND_SECONDS)
                if pool.over:
                    child.kill()
                else:
                    pool.idle.append(child)
        finally:
            pool.waiting -= 1
        if head["problem"]:
            raise Away(str(head["problem"]), str(head.get("about", "")))
        return head, body

    async def large(
        self, source: Source, indexes: tuple[str, ...], asked: Mapping[str, Any]
    ) -> AsyncGenerator[tuple[dict[str, Any], bytes]]:
        """Frames of a large answer, the last one says so; ``Away`` says what went wrong. Whoever stops
        listening ends the child."""
        pool, child, seconds = self._pool(source, indexes), None, float(asked["seconds"])
        if pool.is_streaming:
            raise Away("busy")
        pool.is_streaming, is_whole = True, False
        try:
            child = await self._child(pool, source, indexes)
            head, body = await child.say(asked, seconds + BEYOND_SECONDS)
            while not head["problem"] and not head["last"]:
                yield head, body
                head, body = await child.hear(seconds + BEYOND_SECONDS)
            is_whole = True
            if head["problem"]:
                raise Away(str(head["problem"]), str(head.get("about", "")))
            yield head, body
        finally:
            pool.is_streaming = False
            if child is not None and is_whole and not pool.over:
                pool.idle.append(child)
            elif child is not None:
                child.kill()

    async def close(self) -> None:
        """End every child."""
        for pool in self._pools.values():
            while pool.idle:
                await pool.idle.pop().end()

    def _pool(self, source: Source, indexes: tuple[str, ...]) -> Pool:
        key = (source.key, source.version, indexes)
        if key not in self._pools:
            self._drop([k for k in self._pools if k[0] == source.key])
            self._pools[key] = Pool()
        self._pools.move_to_end(key)
        return self._pools[key]

    def _drop(self, keys: list[tuple[str, int, tuple[str, ...]]]) -> None:
        """Idle children go at once; a busy one is not put back and ends with its question."""
        for key in keys:
            pool = self._pools.pop(key)
            pool.over = True
            while pool.idle:
                pool.idle.pop().kill()

    async def _child(self, pool: Pool, source: Source, indexes: tuple[str, ...]) -> Child:
        while pool.idle:
            child = pool.idle.pop()
            if child.alive:
                return child
        self._make_room()
        return await self._start(source, indexes)

    def _make_room(self) -> None:
        for pool in self._pools.values():
            if sum(len(one.idle) for one in self._pools.values()) < MOST_CHILDREN:
                return
            while pool.idle:
                pool.idle.pop().kill()

    async def _start(self, source: Source, indexes: tuple[str, ...]) -> Child:
        told, descriptors = await asyncio.to_thread(self._opening, source)
        try:
            process = await asyncio.create_subprocess_exec(
                *COMMAND,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                pass_fds=descriptors,
                cwd="/",
                env=ENVIRONMENT,
                limit=1 << 20,
            )
        finally:
            for number in descriptors:
                os.close(number)
        if process.stdin is None or process.stdout is None:
            raise Away("broken")
        child = Child(process, process.stdin, process.stdout)
        told |= {
            "columns": [list(one) for one in source.columns],
            "indexes": list(indexes),
            "seconds": OPEN_SECONDS,
        }
        head, _ = await child.say(told, OPEN_SECONDS + BEYOND_SECONDS)
        if head["problem"]:
            await child.end()
            raise Away(str(head["problem"]), str(head.get("about", "")))
        return child
