"""Reading the journal: by subject, by actor; how far behind sealing and listening are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.journal import heads, registry, verifier
from yiwang.mechanisms.journal.definitions import READ, Entry, Lag, Parked
from yiwang.mechanisms.statements import prepared

LIMIT: Final = 200

_COLUMNS: Final = """
SELECT e.id, (SELECT l.position FROM journal_link l WHERE l.entry_id = e.id), e.at, e.is_event, e.body
  FROM journal_entry e
"""
_BY_SUBJECT: Final = _COLUMNS + " WHERE e.subject = %s AND e.id > %s ORDER BY e.id LIMIT %s"
_ACTS_ON: Final = _COLUMNS + (
    " WHERE e.subject = %s AND e.act <> %s AND e.id > %s ORDER BY e.id LIMIT %s"
)
_BY_ACTOR: Final = _COLUMNS + " WHERE e.actor = %s AND e.id < %s ORDER BY e.id DESC LIMIT %s"
_READS_OF: Final = """
SELECT e.id, (SELECT l.position FROM journal_link l WHERE l.entry_id = e.id), e.at, e.is_event, e.body
  FROM (
    (SELECT id FROM journal_entry WHERE subject = %(subject)s AND act = %(act)s AND id < %(before)s
      ORDER BY id DESC LIMIT %(limit)s)
    UNION
    (SELECT s.entry_id FROM journal_subject s JOIN journal_entry r ON r.id = s.entry_id
      WHERE s.subject = %(subject)s AND r.act = %(act)s AND s.entry_id < %(before)s
      ORDER BY s.entry_id DESC LIMIT %(limit)s)
  ) AS found
  JOIN journal_entry e ON e.id = found.id
 ORDER BY e.id DESC LIMIT %(limit)s
"""
_UNDER: Final = (
    _COLUMNS
    + """
  JOIN journal_subject s ON s.entry_id = e.id
 WHERE s.subject = %s AND s.entry_id < %s AND e.subject <> s.subject
 ORDER BY s.entry_id DESC LIMIT %s
"""
)
_ENDLESS: Final = 2**62


def list_entries(*, subject: str, after: int = 0, limit: int = LIMIT) -> tuple[Entry, ...]:
    """What happened to one subject, in order; ``after``: the ``entry_id`` seen last."""
    return _fetch(_BY_SUBJECT, [subject, after, min(limit, LIMIT)])


def list_acts_on(*, subject: str, after: int = 0, limit: int = LIMIT) -> tuple[Entry, ...]:
    """The same without who only looked: however often somebody looks, what happened stays whole."""
    return _fetch(_ACTS_ON, [subject, READ, after, min(limit, LIMIT)])


def list_acts_of(*, actor: str, before: int = 0, limit: int = LIMIT) -> tuple[Entry, ...]:
    """What one actor did, newest first; ``before``: the ``entry_id`` seen last."""
    return _fetch(_BY_ACTOR, [actor, before or _ENDLESS, min(limit, LIMIT)])


def list_acts_under(mandate: str, *, before: int = 0, limit: int = LIMIT) -> tuple[Entry, ...]:
    """What was done under a mandate (its key), reads too, newest first."""
    return _fetch(_UNDER, [f"mandate:{mandate}", before or _ENDLESS, min(limit, LIMIT)])


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


def _fetch(statement: str, values: Sequence[str | int] | dict[str, str | int]) -> tuple[Entry, ...]:
    return tuple(_entry(row) for row in prepared.run(statement, values))


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
        mandate=body.get("mandate", ""),
    )


_PROOFS: Final = """
SELECT l.position, e.id, l.sealed_at, e.body, l.link,
       (SELECT p.link FROM journal_link p WHERE p.position = l.position - 1)
  FROM journal_link l JOIN journal_entry e ON e.id = l.entry_id
 WHERE l.entry_id = ANY(%s::bigint[]) ORDER BY l.position
"""
_POSITIONS: Final = """
SELECT l.position FROM journal_entry e JOIN journal_link l ON l.entry_id = e.id
 WHERE e.subject = ANY(%s::text[]) ORDER BY l.position
"""
_LINKS: Final = """
SELECT position, link FROM journal_link WHERE position > %s ORDER BY position LIMIT %s
"""


def walk() -> Iterator[tuple[Any, ...]]:
    """Every position with link, entry and look-up columns, for auditors: position, entry id, sealed at
    (microseconds since 1970), scheme, link, body, at, act, subject, actor, is_event."""
    for position, entry_id, sealed_at, *rest in _stream(verifier.CHAIN):
        yield position, entry_id, verifier.microseconds(sealed_at), *rest


def walk_subjects() -> Iterator[tuple[int | None, str]]:
    """The look-up table of further subjects, with their positions."""
    return _stream(verifier.SUBJECTS)


def list_strays() -> list[int]:
    """Entries that have neither a position nor a place in the queue: there must be none."""
    return [entry_id for (entry_id,) in _stream(verifier.STRAY)]


def _stream(statement: str) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(2000):
            yield from rows


def heads_folder() -> Path:
    """Where the signed heads lie, outside the database."""
    return heads.heads_folder()


def list_proofs(entry_ids: Sequence[int]) -> list[tuple[int, int, int, str, bytes, bytes]]:
    """Position, entry, sealed at (microseconds since 1970), body, link and the link before it, of
    sealed entries, in order."""
    rows = prepared.run(_PROOFS, [list(entry_ids)])
    return [
        (
            position,
            entry_id,
            verifier.microseconds(sealed_at),
            body,
            bytes(link),
            bytes(previous or verifier.GENESIS),
        )
        for position, entry_id, sealed_at, body, link, previous in rows
    ]


def list_positions(subjects: Sequence[str]) -> list[int]:
    """Positions of what was sealed about these references themselves, not of what merely names them."""
    return [position for (position,) in prepared.run(_POSITIONS, [list(subjects)])]


def list_links(after: int, limit: int) -> list[tuple[int, bytes]]:
    """Positions behind ``after`` with their hash links, in order: what the ledger's leaves commit to."""
    return [(position, bytes(link)) for position, link in prepared.run(_LINKS, [after, limit])]


_SEAL_LAG: Final = """
SELECT (SELECT coalesce(max(position), 0) FROM journal_link),
       (SELECT count(*) FROM (SELECT FROM journal_pending LIMIT 10000) AS counted),
       (SELECT queued_at FROM journal_pending ORDER BY entry_id LIMIT 1)
"""
_LISTENER_LAG: Final = """
SELECT coalesce(c.position, 0), last.position, next.sealed_at
  FROM (SELECT coalesce(max(position), 0) AS position FROM journal_link) AS last
  LEFT JOIN journal_checkpoint c ON c.listener = %s
  LEFT JOIN journal_link next ON next.position = coalesce(c.position, 0) + 1
"""


def seal_lag(*, at: datetime) -> Lag:
    """How many entries wait for their position (counted to 10,000) and how old the oldest is."""
    with connection.cursor() as cursor:
        cursor.execute(_SEAL_LAG)
        position, waiting, oldest = cursor.fetchone()
    return Lag("sealer", position, waiting, _age(oldest, at))


def head_age(*, at: datetime) -> float | None:
    """Seconds since the chain was last signed outside the database; None when it never was.

    Nothing new is signed while nothing happens: compare with ``seal_lag`` before worrying.
    """
    head = heads.read_last()
    if head is None:
        return None
    return _age(datetime.fromisoformat(str(head["at"])), at)


def listener_lags(*, at: datetime) -> tuple[Lag, ...]:
    """Every wired listener: where it stands, how many positions it is behind, and since when."""
    lags = []
    with connection.cursor() as cursor:
        for listener in registry.listeners():
            cursor.execute(_LISTENER_LAG, [listener.name])
            position, last, oldest = cursor.fetchone()
            lags.append(Lag(listener.name, position, max(0, last - position), _age(oldest, at)))
    return tuple(lags)


def _age(since: datetime | None, at: datetime) -> float:
    return max(0.0, (at - since).total_seconds()) if since else 0.0


_PARKED: Final = """
SELECT p.id, p.listener, p.subject, count(e.id), min(e.position), p.attempts, p.state,
       p.next_try_at, p.parked_at, p.problem
  FROM (SELECT * FROM journal_parked_subject WHERE id >= %s ORDER BY id LIMIT %s) AS p
  JOIN journal_parked_event e ON e.parked_id = p.id
 GROUP BY p.id, p.listener, p.subject, p.attempts, p.state, p.next_try_at, p.parked_at, p.problem
 ORDER BY p.id
"""


def list_parked(*, after: int = 0, limit: int = LIMIT) -> tuple[Parked, ...]:
    """Subjects set aside, oldest first; for operators only, the caller checks."""
    with connection.cursor() as cursor:
        cursor.execute(_PARKED, [after + 1, min(limit, LIMIT)])
        return tuple(Parked(*row) for row in cursor.fetchall())


def get_parked(key: int) -> Parked:
    """One parked subject; ``NotFound`` when it is free again."""
    found = [one for one in list_parked(after=key - 1, limit=1) if one.key == key]
    if not found:
        raise NotFound
    return found[0]
