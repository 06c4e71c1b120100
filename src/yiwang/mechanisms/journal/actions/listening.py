"""Listeners hear sealed facts in order; their effect and their checkpoint move together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from yiwang.mechanisms.journal import registry
from yiwang.mechanisms.journal.actions import parking
from yiwang.mechanisms.journal.actions.reacting import (
    Fact,
    react,
    react_to_all,
    take_checkpoint,
)
from yiwang.mechanisms.journal.definitions import Round
from yiwang.mechanisms.journal.registry import Listener

#: Facts handled in one transaction: few enough that its locks are short.
BATCH: Final = 50
#: Positions looked over in one step, most of which may be acts nobody hears.
SPAN: Final = 2000

_MOVE: Final = "UPDATE journal_checkpoint SET position = %s, moved_at = %s WHERE listener = %s"
_LAST: Final = "SELECT coalesce(max(position), 0) FROM journal_link"
_HEARD: Final = """
SELECT l.position, e.body
  FROM (SELECT position, entry_id FROM journal_link
         WHERE position > %s AND position <= %s ORDER BY position) AS l
 CROSS JOIN LATERAL (SELECT body, is_event, act FROM journal_entry WHERE id = l.entry_id LIMIT 1) AS e
 WHERE e.is_event AND e.act = ANY(%s)
 ORDER BY l.position LIMIT %s
"""


def run_listeners(*, at: datetime) -> Round:
    """One round: each listener hears its next batch, then parked subjects that are due again.

    A listener that another process is serving is left to it. Safe to kill anywhere: effect and
    checkpoint are one transaction.
    """
    heard = parked = retried = passed = 0
    for listener in registry.listeners():
        done = hear(listener, at=at)
        heard, parked, passed = heard + done.heard, parked + done.parked, passed + done.passed
        retried += parking.retry_due(listener, at=at)
    return Round(heard=heard, parked=parked, retried=retried, passed=passed)


def hear(listener: Listener, *, at: datetime) -> Round:
    """The next batch of one listener, its effects and its checkpoint in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        start = take_checkpoint(cursor, listener.name)
        if start is None:
            return Round()
        until, facts = _next_facts(cursor, listener, start)
        if until == start:
            return Round()
        blocked = parking.parked_among(listener.name, {body["subject"] for _, body in facts})
        parked = 0
        if blocked or not react_to_all(listener, facts, at=at):
            parked = sum(_hear_one(listener, blocked, fact, at=at) for fact in facts)
        cursor.execute(_MOVE, [until, at, listener.name])
    return Round(heard=len(facts) - parked, parked=parked, passed=until - start)


def _next_facts(cursor: Any, listener: Listener, start: int) -> tuple[int, Sequence[Fact]]:
    """Up to where this round goes, and the facts on the way that this listener hears."""
    cursor.execute(_LAST)
    until = min(int(cursor.fetchone()[0]), start + SPAN)
    cursor.execute(_HEARD, [start, until, list(listener.reactions), BATCH])
    facts = [(int(position), json.loads(body)) for position, body in cursor.fetchall()]
    if len(facts) == BATCH:
        until = facts[-1][0]
    return until, facts


def _hear_one(listener: Listener, blocked: dict[str, int], fact: Fact, *, at: datetime) -> bool:
    """Let one fact take effect, or park it behind its subject; True when it was parked."""
    position, body = fact
    subject = body["subject"]
    if subject in blocked:
        parking.park_behind(blocked[subject], position)
        return True
    problem = react(listener, position, body, at=at)
    if problem is None:
        return False
    blocked[subject] = parking.park(listener.name, subject, position, problem, at=at)
    return True
