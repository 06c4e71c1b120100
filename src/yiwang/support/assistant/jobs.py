"""Kept fresh by the clock."""

from __future__ import annotations

from yiwang.mechanisms.jobs.registry import every
from yiwang.support.assistant import actions


@every(minutes=60, name="assistant.refresh_frequencies")
def refresh_frequencies(**_: object) -> None:
    """Rare and common words change slowly: once an hour is plenty."""
    actions.refresh_frequencies()
