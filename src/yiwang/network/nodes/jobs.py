"""What nodes do by the clock."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.jobs import registry
from yiwang.network.nodes import actions, queries
from yiwang.network.nodes.definitions import NodeState

log = logging.getLogger(__name__)

#: A revocation is in force on every node within five seconds: two for this, the rest to hear of it.
FOLLOW_SECONDS: Final = 2.0


@registry.every(minutes=60, name="nodes.renew")
def renew(*, actor: Actor, at: datetime) -> None:
    """At the registry: issue anew what would run out. Elsewhere nothing is due."""
    actions.renew(at=at, actor=actor)


def _tell(at: datetime) -> bool:
    """Once a start, when the registry can be reached: our name and address, if they are others now."""
    if queries.own().state is not NodeState.ACTIVE:
        return False
    try:
        actions.tell_changes(at=at)
    except Refusal as refusal:
        log.warning("nodes: %s", refusal.code)
        return False
    return True


def keep_up(stop: threading.Event) -> None:
    """Until told to stop: the registry settles signed requests, every other node follows it."""
    begun = told = False
    while not stop.is_set():
        close_old_connections()
        at = moments.now()
        try:
            if not begun:
                actions.begin(at=at)
                begun = True
            if queries.is_registry():
                actions.settle_signed(at=at)
            else:
                actions.follow(at=at)
                told = told or _tell(at)
        except (DatabaseError, InterfaceError, OSError) as error:
            log.warning("nodes: %s, trying again", type(error).__name__)
        stop.wait(FOLLOW_SECONDS)
    connection.close()
