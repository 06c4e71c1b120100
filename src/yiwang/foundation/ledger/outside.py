"""What lies outside the database: ``YIWANG_HOME/ledger``. Copy it elsewhere, it outlives the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings

from yiwang.mechanisms.crypto import signed_lines

CHECKPOINTS: Final = "checkpoints.jsonl"
WITNESSES: Final = "witnesses.jsonl"


def folder() -> Path:
    return Path(settings.YIWANG_HOME) / "ledger"


def own_name() -> str:
    """The name of this installation's ledger: its node code."""
    return str(settings.NODE)


def read_last() -> dict[str, Any] | None:
    """The newest checkpoint as it was written; None when there is none."""
    return signed_lines.read_last(folder(), CHECKPOINTS)


def read_lines(name: str = CHECKPOINTS) -> list[str]:
    path = folder() / name
    return path.read_text().splitlines() if path.exists() else []
