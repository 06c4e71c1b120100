"""A short rest between two rounds of the loop: what comes in meanwhile is dealt with together.

Being woken costs more than most of what a call is woken for, so a few hundred calls a second, each of
them waking this process five times, cost half as much again as the calls themselves.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache
from typing import Final

#: From the end of one round to the end of the next at least; a call through two nodes meets six of them.
ROUND_SECONDS: Final = 0.003
#: Woken so much too late, others want these cores: then resting would only put us behind them.
_LATE_SECONDS: Final = 0.003
_AWAKE_SECONDS: Final = 1.0
#: Turns of the loop until what was heard has been dealt with: a task begins, goes on, has answered.
_TURNS: Final = 3


class Pace:
    """One loop's rounds. Whoever hears something says so; alone and after silence nobody waits."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._turns = 0
        self._ended = 0.0
        self._awake_until = 0.0

    def heard(self) -> None:
        """Something came in: rest once it has been dealt with."""
        if self._turns == 0:
            self._turns = _TURNS
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._turns -= 1
        if self._turns:
            self._loop.call_soon(self._turn)
            return
        now = time.monotonic()
        rest = self._ended + ROUND_SECONDS - now
        if rest > 0 and now >= self._awake_until:
            time.sleep(rest)
            woken = time.monotonic()
            if woken - now - rest > _LATE_SECONDS:
                self._awake_until = woken + _AWAKE_SECONDS
            now = woken
        self._ended = now


@lru_cache(maxsize=1)
def of(loop: asyncio.AbstractEventLoop) -> Pace:
    """The one pace of a loop; a process of ours has one loop."""
    return Pace(loop)
