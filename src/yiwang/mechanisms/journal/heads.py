"""The file of signed heads: where it lies and how its last line is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings

from yiwang.mechanisms.crypto import signed_lines

FILE: Final = "heads.jsonl"


def heads_folder() -> Path:
    """``YIWANG_HOME/journal-heads``: copy it elsewhere, it outlives the database."""
    return Path(settings.YIWANG_HOME) / "journal-heads"


def read_last(folder: Path | None = None) -> dict[str, Any] | None:
    """The newest head as it was written; None when there is none."""
    return signed_lines.read_last(folder or heads_folder(), FILE)
