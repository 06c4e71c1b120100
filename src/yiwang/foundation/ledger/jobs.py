"""The ledger's loop beside the sealer: trees follow their sources, every minute a checkpoint."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from yiwang.foundation.ledger import actions, outside, sources
from yiwang.foundation.ledger.actions.appending import BATCH
from yiwang.foundation.ledger.definitions import AlarmKind, LedgerDiverged, NodesMissing
from yiwang.foundation.ledger.witnesses import witnesses
from yiwang.kernel import moments
from yiwang.mechanisms.crypto.definitions import KeyMissing

log = logging.getLogger(__name__)

#: Seconds between looks for what was sealed, between checkpoints, and when something is away or wrong.
PAUSE: Final = 2.0
CHECKPOINT_EVERY: Final = 60.0
AWAY: Final = 5.0


def run(stop: threading.Event) -> None:
    """Append and sign until told to stop. Two may run: one appends, the other finds it done."""
    next_checkpoint = 0.0  # not by the wall clock, which may be set back
    while not stop.is_set():
        try:
            appended = append_all(at=moments.now())
            if time.monotonic() >= next_checkpoint:
                next_checkpoint = time.monotonic() + CHECKPOINT_EVERY
                sign(at=moments.now())
            if appended < BATCH:
                stop.wait(PAUSE)
        except (DatabaseError, InterfaceError, OSError) as error:
            log.warning("ledger: %s, trying again", type(error).__name__)
            stop.wait(AWAY)
            close_old_connections()
    connection.close()


def append_all(*, at: datetime) -> int:
    """One round over every source; how many leaves. A tree that cannot go on holds up no other."""
    appended = 0
    for source in sources.SOURCES:
        try:
            appended += actions.append(source)
        except LedgerDiverged as error:
            evidence = {"tree": source.tree, "what": str(error)}
            kind = AlarmKind.SOURCE_CHANGED
            actions.raise_alarm(ledger=outside.own_name(), kind=kind, evidence=evidence, at=at)
    return appended


def sign(*, at: datetime) -> None:
    """A checkpoint, and others' signatures under it. A full disk or a missing key must not stop the
    appending."""
    try:
        actions.write_checkpoint(at=at)
        actions.ask_witnesses(witnesses(), at=at)
    except (OSError, KeyMissing, NodesMissing) as error:
        log.error("no checkpoint was signed: %s", type(error).__name__)
