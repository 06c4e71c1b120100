"""The sealer: gives committed entries a contiguous position and a hash link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from yiwang.mechanisms.journal import verifier
from yiwang.mechanisms.journal.definitions import GENESIS, SCHEME

#: The advisory lock that lets one sealer work at a time: "journal" in ASCII.
LOCK: Final = 0x6A6F75726E616C
BATCH: Final = 1000

#: The body by a subquery, so the planner has no choice but one look-up a row: the queue grows and
#: empties faster than statistics follow.
_WAITING: Final = """
SELECT p.entry_id, (SELECT e.body FROM journal_entry e WHERE e.id = p.entry_id)
  FROM journal_pending p ORDER BY p.entry_id LIMIT %s
"""
_LAST: Final = "SELECT position, link FROM journal_link ORDER BY position DESC LIMIT 1"
_LINK: Final = """
WITH done AS (DELETE FROM journal_pending WHERE entry_id = ANY(%(entries)s))
INSERT INTO journal_link (position, entry_id, sealed_at, scheme, link)
SELECT position, entry_id, %(at)s, %(scheme)s, link
  FROM unnest(%(positions)s::bigint[], %(entries)s::bigint[], %(links)s::bytea[])
    AS t (position, entry_id, link)
"""


def seal(*, at: datetime, limit: int = BATCH) -> int:
    """Number and link what has committed since the last round; how many entries it was.

    Order within a subject holds because an entry is written after its subject's row is locked, so
    entry ids of one subject follow the order of commits. What commits late is still in the queue
    next time. One transaction: killed anywhere, the round did not happen.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_WAITING, [limit])
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        cursor.execute(_LAST)
        position, link = cursor.fetchone() or (0, GENESIS)
        _write_links(cursor, waiting, position, bytes(link), at)
    return len(waiting)


def _write_links(
    cursor: Any, waiting: Sequence[tuple[int, str]], position: int, link: bytes, at: datetime
) -> None:
    links: list[bytes] = []
    for number, (entry_id, body) in enumerate(waiting, position + 1):
        link = verifier.link_of(link, number, entry_id, at, body)
        links.append(link)
    positions = list(range(position + 1, position + 1 + len(links)))
    entries = [entry_id for entry_id, _ in waiting]
    cursor.execute(
        _LINK,
        {"positions": positions, "entries": entries, "links": links, "at": at, "scheme": SCHEME},
    )
