"""Letting facts take effect on one listener."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from yiwang.mechanisms.journal import registry, rules
from yiwang.mechanisms.journal.registry import Listener

#: A position and what was told there.
Fact = tuple[int, dict[str, Any]]

_CONSTRAINTS_NOW: Final = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
_CHECKPOINT: Final = """
SELECT position FROM journal_checkpoint WHERE listener = %s FOR UPDATE SKIP LOCKED
"""
_ENROL: Final = """
INSERT INTO journal_checkpoint (listener, position) VALUES (%s, 0) ON CONFLICT DO NOTHING
"""


def react_to_all(listener: Listener, facts: Sequence[Fact], *, at: datetime) -> bool:
    """Call the reactions to some facts, one after another, as one; False when any of them failed.

    Then none of them happened, and each is to be tried alone. That nearly never is, so the batch
    pays for one savepoint and one look at the constraints instead of one a fact.
    """
    try:
        with transaction.atomic():
            for position, body in facts:
                _call(listener, position, body, at)
            _check_constraints()
    except Exception:  # who it was, and why, shows when each is tried alone
        return False
    return True


def react(listener: Listener, position: int, body: dict[str, Any], *, at: datetime) -> str | None:
    """Call the reactions to one fact inside a savepoint; what went wrong, or None.

    Deferred constraints are checked here, so one bad row cannot fail the whole batch at commit.
    """
    try:
        with transaction.atomic():
            _call(listener, position, body, at)
            _check_constraints()
    except Exception as error:  # whatever a reaction raises parks its subject, not the others
        return rules.problem_of(error)
    return None


def _call(listener: Listener, position: int, body: dict[str, Any], at: datetime) -> None:
    event = rules.event_of(
        registry.event_class(body["act"]),
        subject=body["subject"],
        at=datetime.fromisoformat(body["at"]),
        facts=body["facts"],
    )
    for reaction in listener.reactions[body["act"]]:
        reaction(event=event, position=position, at=at)


def _check_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CONSTRAINTS_NOW)


def take_checkpoint(cursor: Any, name: str) -> int | None:
    """A listener's position, locked; None when another process holds it. New ones begin at 0."""
    cursor.execute(_CHECKPOINT, [name])
    row = cursor.fetchone()
    if row is None:
        cursor.execute(_ENROL, [name])
        cursor.execute(_CHECKPOINT, [name])
        row = cursor.fetchone()
    return None if row is None else int(row[0])
