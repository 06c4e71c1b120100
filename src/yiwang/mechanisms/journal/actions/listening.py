"""Listeners hear sealed facts in order; their effect and their checkpoint move together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.mechanisms.journal import registry
from yiwang.mechanisms.journal.actions import parking
from yiwang.mechanisms.journal.actions.reacting import Fact, react, react_to_all
from yiwang.mechanisms.journal.definitions import Round
from yiwang.mechanisms.journal.registry import Listener
from yiwang.mechanisms.statements import prepared

#: Facts handled in one transaction: few enough that its locks are short.
BATCH: Final = 50
#: Positions looked over in one step, most of which may be acts nobody hears.
SPAN: Final = 2000

#: Where each listener stands (nowhere yet: NULL) and how far there is to hear.
_LOOK: Final = """
SELECT named.listener, c.position, (SELECT coalesce(max(position), 0) FROM journal_link)
  FROM unnest(%s::text[]) AS named (listener)
  LEFT JOIN journal_checkpoint c ON c.listener = named.listener
"""
_ENROL: Final = """
INSERT INTO journal_checkpoint (listener, position)
SELECT named, 0 FROM unnest(%s::text[]) AS named ON CONFLICT DO NOTHING
"""
_TAKE: Final = """
SELECT listener FROM journal_checkpoint
 WHERE listener = ANY(%s::text[]) AND position = %s FOR UPDATE SKIP LOCKED
"""
_MOVE: Final = """
UPDATE journal_checkpoint SET position = %s, moved_at = %s WHERE listener = ANY(%s::text[])
"""
_HEARD: Final = """
SELECT l.position, e.body
  FROM (SELECT position, entry_id FROM journal_link
         WHERE position > %s AND position <= %s ORDER BY position) AS l
 CROSS JOIN LATERAL (SELECT body, is_event, act FROM journal_entry WHERE id = l.entry_id LIMIT 1) AS e
 WHERE e.is_event AND e.act = ANY(%s::text[])
 ORDER BY l.position LIMIT %s
"""


def run_listeners(*, at: datetime) -> Round:
    """One round: every listener hears its next batch, then parked subjects that are due again.

    A listener that another process is serving is left to it. Safe to kill anywhere: effect and
    checkpoint are one transaction.
    """
    every = tuple(registry.listeners())
    done = hear(*every, at=at)
    return replace(done, retried=parking.retry_due(every, at=at))


def hear(*listeners: Listener, at: datetime) -> Round:
    """The next batch of some listeners. Those that stand at the same place hear it together: it is
    read once, and effects and checkpoints of all of them are one transaction."""
    standing, last = _look(listeners)
    done = Round()
    for start in sorted(
        set(standing.values()) - {last}, reverse=True
    ):  # nobody waits for a late one
        here = [one for one in listeners if standing[one.name] == start]
        more = _hear_from(start, min(last, start + SPAN), here, at=at)
        done = Round(
            heard=done.heard + more.heard,
            parked=done.parked + more.parked,
            passed=done.passed + more.passed,
        )
    return done


def _look(listeners: Sequence[Listener]) -> tuple[dict[str, int], int]:
    """Where each stands, a new one at 0; and the last position there is."""
    rows = prepared.run(_LOOK, [[one.name for one in listeners]])
    new = [name for name, position, _ in rows if position is None]
    if new:
        prepared.run(_ENROL, [new])
    return {name: position or 0 for name, position, _ in rows}, rows[0][2] if rows else 0


def _hear_from(start: int, until: int, listeners: Sequence[Listener], *, at: datetime) -> Round:
    """What lies after one position, for the listeners that stand there and that nobody else serves."""
    with transaction.atomic():
        rows = prepared.run(_TAKE, [[one.name for one in listeners], start])
        taken = [one for one in listeners if (one.name,) in rows]
        if not taken:
            return Round()
        until, facts = _next_facts(start, until, taken)
        parked = parking.parked_among(
            [one.name for one in taken], {body["subject"] for _, body in facts}
        )
        heard = late = 0
        for one in taken:
            own = [fact for fact in facts if fact[1]["act"] in one.reactions]
            failed = _hear_all(one, own, parked[one.name], at=at)
            heard, late = heard + len(own) - failed, late + failed
        prepared.run(_MOVE, [until, at, [one.name for one in taken]])
    return Round(heard=heard, parked=late, passed=until - start)


def _next_facts(
    start: int, until: int, listeners: Sequence[Listener]
) -> tuple[int, Sequence[Fact]]:
    """Up to where this batch goes, and the facts on the way that any of these hears."""
    acts = sorted({act for one in listeners for act in one.reactions})
    rows = prepared.run(_HEARD, [start, until, acts, BATCH])
    facts = [(int(position), json.loads(body)) for position, body in rows]
    return (facts[-1][0] if len(facts) == BATCH else until), facts


def _hear_all(
    listener: Listener, facts: Sequence[Fact], blocked: dict[str, int], *, at: datetime
) -> int:
    """Let some facts take effect on one listener; how many were parked."""
    if not facts or (not blocked and react_to_all(listener, facts, at=at)):
        return 0
    return sum(_hear_one(listener, blocked, fact, at=at) for fact in facts)


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
