"""Signed heads: proof, outside the database, of how the chain stood at a moment."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from django.db import connection

from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import queries as crypto_queries
from yiwang.mechanisms.journal.definitions import GENESIS, SCHEME
from yiwang.mechanisms.journal.heads import FILE, heads_folder, last_line

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
    place = folder or heads_folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(place / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = last_line(descriptor)
        if before and json.loads(before)["position"] == row[0]:
            return None
        _append(descriptor, _head_line(row[0], bytes(row[1]), before, at, place))
    finally:
        os.close(descriptor)
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
    place = folder or heads_folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(place / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = last_line(descriptor)
        proven = max(json.loads(before)["position"] if before else 0, row[0])
        told = {"lost_until": proven, "restored_to": restored_to.astimezone(UTC).isoformat()}
        _append(descriptor, _head_line(row[0], bytes(row[1]), before, at, place, told))
    finally:
        os.close(descriptor)
    return int(row[0]), int(proven)


def _head_line(
    position: int,
    link: bytes,
    before: bytes,
    at: datetime,
    place: Path,
    told: Mapping[str, object] = MappingProxyType({}),
) -> bytes:
    key = crypto_queries.current_public_key(purpose=KEY_PURPOSE)
    _keep_public_key(place, key.key_id, key.point)
    head: dict[str, Any] = {
        "algorithm": key.algorithm,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "key_id": key.key_id,
        "link": link.hex(),
        "position": position,
        "previous": crypto.digest(before),
        "scheme": SCHEME,
        **told,
    }
    covered = json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
    head["signature"] = crypto.sign(covered, purpose=KEY_PURPOSE).rsplit("$", 1)[1]
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


def _keep_public_key(place: Path, key_id: str, point: str) -> None:
    path = place / "keys" / f"{key_id}.json"
    if path.exists():
        return
    path.parent.mkdir(exist_ok=True, mode=0o700)
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps({"algorithm": "sm2-sm3", "key_id": key_id, "point": point}) + "\n")
    aside.replace(path)


def _append(descriptor: int, line: bytes) -> None:
    size = os.fstat(descriptor).st_size
    torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
    content = (b"\n" if torn else b"") + line + b"\n"
    try:
        written = os.write(descriptor, content)
        if written != len(content):
            raise OSError(f"only {written} of {len(content)} bytes of a head were written")
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise
