"""The file of signed heads: where it lies and how its last line is read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from django.conf import settings

FILE: Final = "heads.jsonl"
#: More than a hundred heads: the last whole one is among them.
TAIL: Final = 65536


def heads_folder() -> Path:
    """``YIWANG_HOME/journal-heads``: copy it elsewhere, it outlives the database."""
    return Path(settings.YIWANG_HOME) / "journal-heads"


def last_line(descriptor: int) -> bytes:
    """The last whole head; a line cut short by a crash is no head."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, TAIL, max(0, size - TAIL))
    for line in reversed(tail.split(b"\n")):
        try:
            if line and isinstance(json.loads(line)["position"], int):
                return line
        except (ValueError, KeyError, TypeError):
            continue
    return b""


def read_last(folder: Path | None = None) -> dict[str, Any] | None:
    """The newest head as it was written; None when there is none."""
    path = (folder or heads_folder()) / FILE
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        line = last_line(descriptor)
    finally:
        os.close(descriptor)
    return json.loads(line) if line else None
