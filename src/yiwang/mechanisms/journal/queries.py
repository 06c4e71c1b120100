"""Reading the journal: by subject, by actor; how far behind sealing and listening are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from yiwang.mechanisms.journal.definitions import READ, Entry

LIMIT: Final = 200

_COLUMNS: Final = """
SELECT e.id, l.position, e.at, e.is_event, e.body
  FROM journal_entry e LEFT JOIN journal_link l ON l.entry_id = e.id
"""
_BY_SUBJECT: Final = _COLUMNS + " WHERE e.subject = %s AND e.id > %s ORDER BY e.id LIMIT %s"
_BY_ACTOR: Final = _COLUMNS + " WHERE e.actor = %s AND e.id < %s ORDER BY e.id DESC LIMIT %s"
_READS_OF: Final = """
SELECT e.id, l.position, e.at, e.is_event, e.body
  FROM (
    (SELECT id FROM journal_entry WHERE subject = %(subject)s AND act = %(act)s AND id < %(before)s
      ORDER BY id DESC LIMIT %(limit)s)
    UNION
    (SELECT s.entry_id FROM journal_subject s JOIN journal_entry r ON r.id = s.entry_id
      WHERE s.subject = %(subject)s AND r.act = %(act)s AND s.entry_id < %(before)s
      ORDER BY s.entry_id DESC LIMIT %(limit)s)
  ) AS found
  JOIN journal_entry e ON e.id = found.id
  LEFT JOIN journal_link l ON l.entry_id = e.id
 ORDER BY e.id DESC LIMIT %(limit)s
"""
_ENDLESS: Final = 2**62


def list_entries(*, subject: str, after: int = 0, limit: int = LIMIT) -> tuple[Entry, ...]:
    """What happened to one subject, in order; ``after``: the ``entry_id`` seen last."""
    return _fetch(_BY_SUBJECT, [subject, after, min(limit, LIMIT)])


def list_acts_of(*, actor: str, before: int = 0, limit: int = LIMIT) -> tuple[Entry, ...]:
    """What one actor did, newest first; ``before``: the ``entry_id`` seen last."""
    return _fetch(_BY_ACTOR, [actor, before or _ENDLESS, min(limit, LIMIT)])


def list_reads_of(subject: str, *, before: int = 0, limit: int = LIMIT) -> tuple[Entry, ...]:
    """Who looked at this person's unmasked data, when and what for; newest first."""
    return _fetch(
        _READS_OF,
        {
            "subject": subject,
            "act": READ,
            "before": before or _ENDLESS,
            "limit": min(limit, LIMIT),
        },
    )


def _fetch(statement: str, values: Sequence[object] | dict[str, object]) -> tuple[Entry, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return tuple(_entry(row) for row in cursor.fetchall())


def _entry(row: Sequence[Any]) -> Entry:
    entry_id, position, at, is_event, text = row
    body = json.loads(text)
    return Entry(
        entry_id=entry_id,
        position=position,
        at=at,
        act=body["act"],
        subject=body["subject"],
        actor=body["actor"],
        actor_kind=body["actor_kind"],
        on_behalf_of=body["on_behalf_of"],
        purpose=body["purpose"],
        result=body["result"],
        facts=body["facts"],
        subjects=tuple(body["subjects"]),
        request_id=body["request_id"],
        is_event=is_event,
    )
