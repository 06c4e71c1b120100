"""The sealer and the listeners as loops for the supervisor: seal a few times a second, sign a head
every minute, let listeners hear what was sealed."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from yiwang.kernel import moments
from yiwang.mechanisms.crypto.definitions import KeyMissing
from yiwang.mechanisms.journal import actions
from yiwang.mechanisms.journal.actions.listening import SPAN
from yiwang.mechanisms.journal.actions.sealing import BATCH

log = logging.getLogger(__name__)

#: Seconds between looks for something to seal: the promise is a second.
PAUSE: Final = 0.3
#: Listeners are woken by what our sealer seals; without news they look this often, for what another
#: one sealed and for subjects that are to be tried again.
LISTEN_EVERY: Final = 2.0
#: and between signed heads.
HEAD_EVERY: Final = 60
#: Seconds to wait when the database or the disk is away.
AWAY: Final = 2.0
#: The niceness of the listeners' thread.
GIVE_WAY: Final = 5


def run_sealer(stop: threading.Event, news: threading.Event | None = None) -> None:
    """Seal until told to stop. Two may run: an advisory lock lets one work at a time.

    ``news``: set when something was sealed, and at the end.
    """
    next_head = 0.0  # not by the wall clock, which may be set back

    def round_() -> bool:
        nonlocal next_head
        at = moments.now()
        sealed = actions.seal(at=at)
        if sealed and news is not None:
            news.set()
        if time.monotonic() >= next_head:
            next_head = time.monotonic() + HEAD_EVERY
            _sign(at)
        return sealed >= BATCH  # else what comes meanwhile is sealed together

    _loop("journal sealer", round_, stop, lambda: stop.wait(PAUSE))
    if news is not None:
        news.set()


def _sign(at: datetime) -> None:
    """A full disk or a missing key must not stop the sealing; the age of the head is watched."""
    try:
        actions.write_head(at=at)
    except (OSError, KeyMissing) as error:
        log.error("the journal's head was not signed: %s", type(error).__name__)


def run_listeners(stop: threading.Event, news: threading.Event | None = None) -> None:
    """Let listeners hear until told to stop. Several may run: each takes listeners that are free.

    This thread gives way when the machine is busy: what it does, nobody waits for at a page.
    """
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GIVE_WAY)

    def round_() -> bool:
        done = actions.run_listeners(at=moments.now())
        return done.heard + done.parked + done.retried > 0 or done.passed >= SPAN

    woken = news or threading.Event()

    def pause() -> None:
        woken.wait(LISTEN_EVERY)
        woken.clear()

    _loop("journal listeners", round_, stop, pause)


def _loop(
    name: str,
    round_: Callable[[], bool],
    stop: threading.Event,
    pause: Callable[[], object],
) -> None:
    while not stop.is_set():
        try:
            if not round_():
                pause()
        except (DatabaseError, InterfaceError, OSError) as error:
            log.warning("%s: %s, trying again", name, type(error).__name__)
            stop.wait(AWAY)
            close_old_connections()
    connection.close()


def run(stop: threading.Event) -> None:
    """Both loops, each with a connection of its own, so a slow reaction delays no seal."""
    news = threading.Event()
    listening = threading.Thread(target=run_listeners, args=(stop, news), name="journal-listeners")
    listening.start()
    run_sealer(stop, news)
    listening.join()
