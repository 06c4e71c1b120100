"""A database that does not answer: one waits in vain, the others are told at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

#: How long nobody tries after somebody waited in vain; then one does.
PAUSE_SECONDS: Final = 3.0
#: What an open connection still gets for an answer meanwhile.
SHORT_SECONDS: Final = 2.0


class Outage:
    """Shared by the threads of one process. It begins when a wait was in vain and ends by an answer."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._until = 0.0

    def may_try(self) -> bool:
        """True without an outage, and for the first who comes after each pause."""
        with self._lock:
            now = self._now()
            if now < self._until:
                return False
            if self._until:
                self._until = now + PAUSE_SECONDS
            return True

    def patience(self, seconds: float | None) -> float | None:
        """How long to wait for an answer: less while somebody has just waited in vain."""
        if seconds is None or self._now() >= self._until:
            return seconds
        return min(seconds, SHORT_SECONDS)

    def waited_in_vain(self) -> None:
        """Nothing came in time: the others need not wait as well."""
        with self._lock:
            self._until = self._now() + PAUSE_SECONDS

    def answered(self) -> None:
        """It answers again, were it only to refuse."""
        with self._lock:
            self._until = 0.0
