"""A small circuit breaker per source and process: five failures in a row, thirty seconds rest."""

from __future__ import annotations

import threading
import time
from typing import Final

FAILURES: Final = 5
REST_SECONDS: Final = 30.0

_lock = threading.Lock()
_failures: dict[str, int] = {}
_resting_until: dict[str, float] = {}


def may_call(name: str, *, now: float | None = None) -> bool:
    """False while the source rests; after the rest one caller tries, the others keep waiting."""
    moment = time.monotonic() if now is None else now
    with _lock:
        until = _resting_until.get(name)
        if until is None:
            return True
        if moment < until:
            return False
        _resting_until[name] = moment + REST_SECONDS
        return True


def failed(name: str, *, now: float | None = None) -> None:
    """Count a failure; the fifth in a row begins the rest."""
    moment = time.monotonic() if now is None else now
    with _lock:
        _failures[name] = _failures.get(name, 0) + 1
        if _failures[name] >= FAILURES:
            _resting_until[name] = moment + REST_SECONDS


def succeeded(name: str) -> None:
    """One good answer ends everything held against the source."""
    with _lock:
        _failures.pop(name, None)
        _resting_until.pop(name, None)


def heard(name: str, *, now: float | None = None) -> None:
    """It spoke by itself: its rest is over for one caller, who tries; a failure begins a new rest."""
    moment = time.monotonic() if now is None else now
    with _lock:
        if name in _resting_until:
            _resting_until[name] = moment


def resting(name: str, *, now: float | None = None) -> bool:
    """For the console: is the source being spared just now?"""
    moment = time.monotonic() if now is None else now
    with _lock:
        return moment < _resting_until.get(name, 0.0)


def forget_all() -> None:
    """Begin anew (tests, and after an operator mended a source)."""
    with _lock:
        _failures.clear()
        _resting_until.clear()
