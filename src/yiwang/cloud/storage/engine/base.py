"""Is the connection still good, and does its server answer? Asked and bounded for every request."""

from __future__ import annotations

import select
import time
from typing import Any, Final, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel, errors

from yiwang.cloud.storage.definitions import ANSWER_WITHIN
from yiwang.cloud.storage.engine.outage import Outage

#: A connection that answered within this time is looked at, an older one is asked.
STEADY_SECONDS: Final = 5.0
#: How often a wait looks whether its socket is still there.
_LOOK_SECONDS: Final = 0.1

OUTAGE: Final = Outage()
Result = TypeVar("Result")


class BoundedConnection(psycopg.Connection[Any]):
    """Waits for an answer no longer than it may, and is closed then: what it was doing is unknown.

    The server's own limit (``statement_timeout``) ends what is slow; this one ends what is frozen,
    a stopped process or a stopped machine, where no signal of the network comes.
    """

    answer_within: float | None = None

    def wait(self, gen: Any, interval: float = _LOOK_SECONDS, timeout: float | None = None) -> Any:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, OUTAGE.patience(self.answer_within))
        except errors._WaitTimeout:
            OUTAGE.waited_in_vain()
            self.close()
            raise


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
        if not OUTAGE.may_try():
            raise psycopg.OperationalError("the database did not answer a moment ago")
        self.isolation_level = (
            IsolationLevel.READ_COMMITTED
        )  # what the superclass sets, without a pool
        try:
            made = BoundedConnection.connect(**conn_params)
        except errors.ConnectionTimeout:
            OUTAGE.waited_in_vain()
            raise
        except psycopg.Error:
            OUTAGE.answered()
            raise
        OUTAGE.answered()
        made.answer_within = self.settings_dict.get(ANSWER_WITHIN)
        self.answered_at = time.monotonic()
        return made


def _has_word(connection: Any) -> bool:
    """Is there something to read that nobody asked for, the server's farewell or the end itself?"""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
