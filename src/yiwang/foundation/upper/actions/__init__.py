"""Sending up, hearing from above, answering."""

from __future__ import annotations

from yiwang.foundation.upper.actions.entries import open_service, put_up, take_down
from yiwang.foundation.upper.actions.requests import amend, answer, ask, recall
from yiwang.foundation.upper.actions.travelling import fetch, send_due, try_again

__all__ = [
    "amend",
    "answer",
    "ask",
    "fetch",
    "open_service",
    "put_up",
    "recall",
    "send_due",
    "take_down",
    "try_again",
]
