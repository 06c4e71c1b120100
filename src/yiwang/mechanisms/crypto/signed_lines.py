"""A file of signed lines that only grows: each names the digest of the line before it.

What lies outside the database is kept this way: the journal's heads, the ledger's checkpoints. The
public keys lie beside it. A line's signature covers the same JSON without ``signature``, keys sorted,
no blanks.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from yiwang.mechanisms.crypto import actions, queries
from yiwang.mechanisms.crypto.definitions import KeyId

#: More than a hundred lines: the last whole one is among them.
TAIL: Final = 65536


def plain(document: Mapping[str, Any]) -> bytes:
    """The one way a document is written for signing: ASCII JSON, keys sorted, no blanks."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


class Lines:
    """The file while it is locked; ``last``: its last whole line, empty when there is none."""

    def __init__(self, descriptor: int, folder: Path) -> None:
        self._descriptor, self._folder = descriptor, folder
        self.last = last_line(descriptor)

    def add(self, told: Mapping[str, Any], *, purpose: str, key_id: KeyId | None = None) -> bytes:
        """Sign and append one line, on disk before returning; ``key_id``: an older key of the purpose."""
        key = (
            queries.get_public_key(key_id)
            if key_id
            else queries.current_public_key(purpose=purpose)
        )
        keep_public_key(self._folder, key.key_id, key.point)
        previous = actions.digest(self.last)
        document = {**told, "algorithm": key.algorithm, "key_id": key.key_id, "previous": previous}
        signed = actions.sign(plain(document), purpose=purpose, key_id=key.key_id)
        line = plain({**document, "signature": signed.rsplit("$", 1)[1]})
        _append(self._descriptor, line)
        self.last = line
        return line


@contextmanager
def writing(folder: Path, name: str) -> Iterator[Lines]:
    """Open a file of signed lines, nobody else writing meanwhile."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Lines(descriptor, folder)
    finally:
        os.close(descriptor)


def read_last(folder: Path, name: str) -> dict[str, Any] | None:
    """The newest line as it was written; None when there is none."""
    path = folder / name
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        line = last_line(descriptor)
    finally:
        os.close(descriptor)
    return json.loads(line) if line else None


def last_line(descriptor: int) -> bytes:
    """The last whole line; one cut short by a crash is none."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, TAIL, max(0, size - TAIL))
    for line in reversed(tail.split(b"\n")):
        try:
            if line and isinstance(json.loads(line)["signature"], str):
                return line
        except (ValueError, KeyError, TypeError):
            continue
    return b""


def keep_public_key(folder: Path, key_id: str, point: str) -> None:
    """``keys/<key id>.json`` beside the file, written once."""
    path = folder / "keys" / f"{key_id}.json"
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
            raise OSError(f"only {written} of {len(content)} bytes of a line were written")
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise
