"""Makes a source misbehave on purpose: in tests, and on the sample installation for demonstrations.

The switch is one small file per source under ``YIWANG_HOME/simulator/``, so every process sees it;
outside the sample installation it is never read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

from yiwang.foundation.exchange.definitions import Found, Misbehaviour, Plain, SourceAway

#: A slow source answers after three times the asker's limit, at most after this.
MAX_SLEEP_SECONDS: Final = 5.0
_in_this_process: dict[str, Misbehaviour] = {}


def misbehaviour_of(name: str) -> Misbehaviour | None:
    """How this source is told to misbehave, None when it behaves."""
    if name in _in_this_process:
        return _in_this_process[name]
    if not settings.SAMPLE:
        return None
    try:
        return Misbehaviour(_switch(name).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


def set_misbehaviour(name: str, mode: Misbehaviour | None) -> None:
    """Switch a source's misbehaviour on or off for every process of the sample installation."""
    switch = _switch(name)
    if mode is None:
        switch.unlink(missing_ok=True)
        return
    switch.parent.mkdir(parents=True, exist_ok=True)
    switch.write_text(mode.value, encoding="ascii")


@contextmanager
def misbehaving(name: str, mode: Misbehaviour) -> Iterator[None]:
    """For tests: misbehave within the block, in this process only."""
    _in_this_process[name] = mode
    try:
        yield
    finally:
        del _in_this_process[name]


def spoil(
    provide: Callable[..., Plain], mode: Misbehaviour | None, limit_seconds: float
) -> Callable[..., Plain]:
    """The provider as it would behave when its source goes wrong in that way."""

    def spoiled(**question: Plain) -> Plain:
        if mode is Misbehaviour.AWAY:
            raise SourceAway
        if mode is Misbehaviour.SLOW:
            time.sleep(min(MAX_SLEEP_SECONDS, limit_seconds * 3))
        answer = provide(**question)
        value = answer.value if isinstance(answer, Found) else answer
        if mode is Misbehaviour.GARBAGE:
            return "\x00<html>502 Bad Gateway" + "�" * 200_000
        if mode is Misbehaviour.WRONG_TYPE:
            return {"data": [value]} if not isinstance(value, dict) else 7
        return [value, value] if mode is Misbehaviour.DUPLICATE else answer

    return spoiled


def _switch(name: str) -> Path:
    if not all(part.isidentifier() for part in name.split(".")):
        raise ValueError(f"not a source's name: {name!r}")
    return Path(settings.YIWANG_HOME) / "simulator" / name
