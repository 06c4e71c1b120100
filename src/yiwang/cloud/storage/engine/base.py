"""Is the connection still good? Asked before the first statement of every request."""

from __future__ import annotations

import select
import time
from typing import Any, Final

from django.db.backends.postgresql import base

#: A connection that answered within this time is looked at, an older one is asked.
STEADY_SECONDS: Final = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection in steady use costs no question: one the server ended has its end to be read.

    What a look cannot see, a network that fell silent, the question would have waited for as well.
    """

    answered_at = 0.0

    def is_usable(self) -> bool:
        if self._is_steady() and not _has_word(self.connection):
            return True
        usable = super().is_usable()
        self.answered_at = time.monotonic() if usable else 0.0
        return usable

    def _is_steady(self) -> bool:
        """After an error nothing is taken for granted."""
        fresh = time.monotonic() - self.answered_at < STEADY_SECONDS
        return fresh and not self.errors_occurred and self.connection is not None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        self.answered_at = time.monotonic()
        return made


def _has_word(connection: Any) -> bool:
    """Is there something to read that nobody asked for, the server's farewell or the end itself?"""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
