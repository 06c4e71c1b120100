"""Whoever asked for a large answer may leave before it is here: then nobody works for it any more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from yiwang.foundation.exchange.fastpath.refusals import CallerLeft

T = TypeVar("T")
#: How often it is looked.
EVERY_SECONDS: Final = 0.5
#: The connection this task answers: the door's.
asked_on: ContextVar[Any] = ContextVar("asked_on", default=None)


async def while_awaited(work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to. CallerLeft: it was given up, with everything it had begun."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait((task,), timeout=EVERY_SECONDS)
            if not task.done() and _has_left():
                raise CallerLeft
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _has_left() -> bool:
    connection = asked_on.get()
    return connection is not None and bool(connection.has_left)
