"""Who keeps dates of clocks beside rows of its own, told in the transaction of every change."""

from __future__ import annotations

from collections.abc import Callable

_KEEPERS: dict[str, Callable[[str], None]] = {}


def keeps(kind: str) -> Callable[[Callable[[str], None]], Callable[[str], None]]:
    """Register ``keeper(subject)`` for the clocks of one kind of subject (``case``)."""

    def register(keeper: Callable[[str], None]) -> Callable[[str], None]:
        _KEEPERS[kind] = keeper
        return keeper

    return register


def tell(subject: str) -> None:
    """A clock of this subject began, stood, ran on, ended or was computed again."""
    keeper = _KEEPERS.get(subject.partition(":")[0])
    if keeper is not None:
        keeper(subject)
