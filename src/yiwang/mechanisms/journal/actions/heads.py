"""Signed heads: proof, outside the database, of how the chain stood at a moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from yiwang.mechanisms.crypto import signed_lines
from yiwang.mechanisms.journal.definitions import GENESIS, SCHEME
from yiwang.mechanisms.journal.heads import FILE, heads_folder

KEY_PURPOSE: Final = "journal"
_LAST: Final = "SELECT position, link FROM journal_link ORDER BY position DESC LIMIT 1"


def write_head(*, at: datetime, folder: Path | None = None) -> int | None:
    """Sign the newest link and append it to the file of heads, on disk before returning.

    Returns the position, or None when nothing was sealed since the head before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        row = cursor.fetchone()
    if row is None:
        return None
    with signed_lines.writing(folder or heads_folder(), FILE) as lines:
        if lines.last and json.loads(lines.last)["position"] == row[0]:
            return None
        lines.add(_head(row[0], bytes(row[1]), at), purpose=KEY_PURPOSE)
    return int(row[0])


def write_restoration(
    *, restored_to: datetime, at: datetime, folder: Path | None = None
) -> tuple[int, int]:
    """After a restore: sign where the journal stands now and up to where it had stood before.

    The range between is lost, and every verification says so. Returns the last position that is
    there and the last that signed heads prove there was (the same: nothing proven is lost).
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        row = cursor.fetchone() or (0, GENESIS)
    with signed_lines.writing(folder or heads_folder(), FILE) as lines:
        proven = max(json.loads(lines.last)["position"] if lines.last else 0, row[0])
        told = {"lost_until": proven, "restored_to": restored_to.astimezone(UTC).isoformat()}
        lines.add({**_head(row[0], bytes(row[1]), at), **told}, purpose=KEY_PURPOSE)
    return int(row[0]), int(proven)


def _head(position: int, link: bytes, at: datetime) -> dict[str, Any]:
    return {
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "link": link.hex(),
        "position": position,
        "scheme": SCHEME,
    }
