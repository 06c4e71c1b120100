"""Shares without flattery: pure."""

from __future__ import annotations


def share(part: int, whole: int) -> str | None:
    """“99.2”, rounded down: 999 of 1,000 is never shown as 100. None when there is nothing."""
    if whole <= 0:
        return None
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
