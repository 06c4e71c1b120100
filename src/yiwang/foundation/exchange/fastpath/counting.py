"""Pure: a block's receipts counted for the figures, the uses of grants and the services' days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

from yiwang.foundation.exchange.fastpath.receipts import Receipt
from yiwang.kernel import moments

_WHOSE: Final = ("side", "from_node", "system", "to_node", "service")
_NUMBERS: Final = ("calls", "answered", "refused", "away", "rows", "milliseconds", "slowest")
_OUTCOMES: Final = {"REFUSED": 2, "AWAY": 3}  # places in ``_NUMBERS``; any other was answered: 1
_GROUP: Final = itemgetter(*_WHOSE, "grant_key", "status", "rows", "milliseconds")

Key = tuple[datetime, str, str, str, str, str, str]  # minute, whose, grant


class Counted(NamedTuple):
    """One row a minute and pair, an hour and pair, a grant and day, a service and day."""

    minutes: list[dict[str, Any]]
    hours: list[dict[str, Any]]
    uses: list[dict[str, Any]]
    days: list[dict[str, Any]]


def count(receipts: Iterable[Receipt], node: str) -> Counted:
    """Each receipt is looked at once. Of a call both of whose sides are here only the provider's
    counts as use and in the service's day."""
    found: dict[Key, list[int]] = {}
    for receipt in receipts:
        *whose, grant, status, rows, milliseconds = _GROUP(receipt)
        key = (receipt["at"].replace(second=0, microsecond=0), *whose, grant)
        numbers = found.get(key)
        if numbers is None:
            numbers = found[key] = [0] * len(_NUMBERS)
        numbers[0] += 1
        numbers[_OUTCOMES.get(status, 1)] += 1
        numbers[4] += rows
        numbers[5] += milliseconds
        if milliseconds > numbers[6]:
            numbers[6] = milliseconds
    told_once = {
        key: n for key, n in found.items() if not (key[1] == "CONSUMER" and key[4] == node)
    }
    granted = {key: numbers for key, numbers in told_once.items() if key[6]}
    return Counted(
        _together(found, ("time", *_WHOSE), lambda key: key[:6]),
        _together(found, ("time", *_WHOSE), lambda key: (key[0].replace(minute=0), *key[1:6])),
        _together(granted, ("grant_key", "day"), lambda key: (key[6], _day(key[0]))),
        _together(told_once, ("service", "day"), lambda key: (key[5], _day(key[0]))),
    )


def _together(
    groups: Mapping[Key, list[int]], names: tuple[str, ...], of: Callable[[Key], tuple[Any, ...]]
) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], list[int]] = {}
    for key, numbers in groups.items():
        name = of(key)
        before = found.get(name)
        if before is None:
            found[name] = list(numbers)
        else:
            sums = [a + b for a, b in zip(before, numbers, strict=True)]
            found[name] = [*sums[:-1], max(before[-1], numbers[-1])]
    return [
        dict(zip((*names, *_NUMBERS), (*key, *numbers), strict=True))
        for key, numbers in found.items()
    ]


@lru_cache(maxsize=256)
def _day(minute: datetime) -> str:
    return moments.legal_date(minute).isoformat()
