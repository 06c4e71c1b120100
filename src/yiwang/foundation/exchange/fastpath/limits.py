"""How often and how many at once: buckets per second, counts per day, places per partner."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from typing import Final

from yiwang.foundation.exchange.fastpath.refusals import (
    CallRepeated,
    PartnerBusy,
    QuotaUsedUp,
    TooManyCalls,
)

_GENERATION_SECONDS: Final = 300.0
_GENERATIONS: Final = 3  # the clock may be five minutes off either way


class Once:
    """Remembers each message for at least ten minutes; beyond that its moment is refused anyway."""

    def __init__(self) -> None:
        self._generations: list[set[int]] = [set()]
        self._turned = time.monotonic()

    def take(self, message: str) -> None:
        """CallRepeated for one that was here."""
        self._turn()
        number = int(message[:16], 16)
        for generation in self._generations:
            if number in generation:
                raise CallRepeated
        self._generations[0].add(number)

    def _turn(self) -> None:
        now = time.monotonic()
        while now - self._turned > _GENERATION_SECONDS:
            self._generations = [set(), *self._generations[: _GENERATIONS - 1]]
            self._turned += _GENERATION_SECONDS


class Rates:
    """Token buckets: a second's worth may come at once."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, name: str, per_second: int) -> None:
        """TooManyCalls when the bucket is empty."""
        now = time.monotonic()
        left, at = self._buckets.get(name, (float(per_second), now))
        left = min(float(per_second), left + (now - at) * per_second)
        if left < 1:
            self._buckets[name] = (left, now)
            raise TooManyCalls
        self._buckets[name] = (left - 1, now)


class Quotas:
    """Calls per grant and legal day; what earlier processes counted is taken over at the start."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._counts: dict[str, int] = {}

    def begin(self, day: date, counts: Mapping[str, int]) -> None:
        self._day, self._counts = day, dict(counts)

    def take(self, grant: str, per_day: int, day: date) -> None:
        """QuotaUsedUp when the day's number is reached."""
        if day != self._day:
            self.begin(day, {})
        used = self._counts.get(grant, 0)
        if used >= per_day:
            raise QuotaUsedUp
        self._counts[grant] = used + 1


class _Place:
    __slots__ = ("_most", "_partner", "_taken")

    def __init__(self, taken: dict[str, int], partner: str, most: int) -> None:
        self._taken, self._partner, self._most = taken, partner, most

    def __enter__(self) -> None:
        taken = self._taken.get(self._partner, 0)
        if taken >= self._most:
            raise PartnerBusy
        self._taken[self._partner] = taken + 1

    def __exit__(self, *_error: object) -> None:
        self._taken[self._partner] -= 1


class Places:
    """So many calls of one partner at once, and none waits for a place."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def one(self, partner: str, most: int) -> _Place:
        """Taken within ``with``; PartnerBusy when all places are taken."""
        return _Place(self._taken, partner, most)

    def taken(self) -> int:
        """Calls in flight."""
        return sum(self._taken.values())
