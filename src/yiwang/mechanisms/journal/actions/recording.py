"""Writing entries: one statement, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db import connection

from yiwang.kernel.actor import Actor
from yiwang.kernel.events import Event
from yiwang.mechanisms.journal import rules
from yiwang.mechanisms.journal.definitions import Facts, NoOpenTransaction
from yiwang.mechanisms.statements import prepared

_INSERT: Final = """
WITH written AS (
    INSERT INTO journal_entry (at, act, subject, actor, is_event, body)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING id
)
INSERT INTO journal_pending (entry_id) SELECT id FROM written
"""
_INSERT_WITH_SUBJECTS: Final = """
WITH written AS (
    INSERT INTO journal_entry (at, act, subject, actor, is_event, body)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING id
), named AS (
    INSERT INTO journal_subject (subject, entry_id)
    SELECT DISTINCT named, id FROM written, unnest(%s::text[]) AS named
)
INSERT INTO journal_pending (entry_id) SELECT id FROM written
"""


def record(
    *,
    actor: Actor,
    act: str,
    subject: str,
    at: datetime,
    purpose: str = "",
    result: str = "DONE",
    facts: Facts = MappingProxyType({}),
    subjects: Sequence[str] = (),
) -> None:
    """Note who did what to what, when, why and with which result, together with the act itself.

    ``subject``: the reference the order is kept for; lock its row first. ``subjects``: further
    references, when one act touches or shows many. ``facts``: references and plain facts only.
    Raises ``NoOpenTransaction`` outside a transaction and ``PersonalValueInJournal`` for an
    identity or phone number in clear.
    """
    _write(actor, act, subject, at, purpose, result, facts, subjects, is_event=False)


def announce(event: Event, *, actor: Actor, purpose: str = "") -> None:
    """Note a fact others may react to; they hear of it after the commit, in order, exactly once."""
    if not event.name:
        raise ValueError(f"{type(event).__name__} has no name")
    facts = rules.facts_of(event)
    _write(actor, event.name, event.subject, event.at, purpose, "DONE", facts, (), is_event=True)


def _write(
    actor: Actor,
    act: str,
    subject: str,
    at: datetime,
    purpose: str,
    result: str,
    facts: Facts,
    subjects: Sequence[str],
    *,
    is_event: bool,
) -> None:
    if not connection.in_atomic_block:
        raise NoOpenTransaction(act)
    named = list(subjects)
    if actor.mandate is not None:  # so that the giver finds everything done under it
        named.append(actor.mandate.reference)
        if actor.mandate.under:
            named.append(f"mandate:{actor.mandate.under}")
    body = rules.body_of(
        actor=actor,
        act=act,
        subject=subject,
        at=at,
        purpose=purpose,
        result=result,
        facts=facts,
        subjects=named,
        is_event=is_event,
    )
    row = (at, act, subject, actor.reference, is_event, body)
    if named:
        prepared.run(_INSERT_WITH_SUBJECTS, (*row, named))
    else:
        prepared.run(_INSERT, row)
