"""An extract that is proven without the database: one subject's entries, their links, who vouches.

A link covers the body before it, and bodies of other subjects are nobody else's business; so the
journal's key signs that these links stand in the chain under the newest head. Verifying needs SM3 and
SM2 only (docs/look-up/journal.md).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import queries as crypto_queries
from yiwang.mechanisms.journal import heads, verifier
from yiwang.mechanisms.journal.actions.heads import KEY_PURPOSE
from yiwang.mechanisms.journal.definitions import GENESIS, SCHEME, NotSealedYet

_ENTRIES: Final = """
SELECT l.position, e.id, l.sealed_at, e.body, l.link,
       (SELECT p.link FROM journal_link p WHERE p.position = l.position - 1)
  FROM journal_entry e LEFT JOIN journal_link l ON l.entry_id = e.id
 WHERE e.subject = %s ORDER BY e.id
"""


def extract(*, subject: str, at: datetime) -> dict[str, Any]:
    """Every entry of one subject with its link, signed by the journal's key: plain JSON values.

    ``NotSealedYet`` while the newest entry waits for its number; it does so for a second at most.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [subject])
        rows = cursor.fetchall()
    if any(row[0] is None for row in rows):
        raise NotSealedYet
    entries = [
        {
            "position": position,
            "entry_id": entry_id,
            "sealed_at": verifier.microseconds(sealed_at),
            "body": body,
            "link": bytes(link).hex(),
            "previous": bytes(previous or GENESIS).hex(),
        }
        for position, entry_id, sealed_at, body, link, previous in sorted(rows)
    ]
    head = heads.read_last()
    key = crypto_queries.current_public_key(purpose=KEY_PURPOSE)
    statement: dict[str, Any] = {
        "algorithm": key.algorithm,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "head": crypto.digest(_plain(head)) if head else "",
        "key_id": key.key_id,
        "links": [[one["position"], one["link"]] for one in entries],
        "scheme": SCHEME,
        "subject": subject,
    }
    signature = crypto.sign(_plain(statement), purpose=KEY_PURPOSE).rsplit("$", 1)[1]
    keys = {key.key_id: key.point}
    if head:
        keys[head["key_id"]] = crypto_queries.get_public_key(head["key_id"]).point
    return {
        "scheme": SCHEME,
        "subject": subject,
        "entries": entries,
        "head": head,
        "statement": statement | {"signature": signature},
        "keys": keys,
    }


def _plain(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
