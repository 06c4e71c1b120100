"""What a courier says, put in order: no event twice, none from the future, never backwards. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from yiwang.capability.deliveries.definitions import CourierEvent, ParcelState, Tracked
from yiwang.kernel.refusals import TryLater

_TRACKING: Final = re.compile(r"[0-9A-Z]{8,40}")
#: Clocks of other companies differ from ours by so much.
_SKEW: Final = timedelta(minutes=10)
_RANK: Final = (CourierEvent.TAKEN, CourierEvent.MOVING, CourierEvent.SIGNED)
_REACHED: Final[Mapping[str, int]] = {
    ParcelState.ORDERED: -1,
    ParcelState.WITH_COURIER: 0,
    ParcelState.ON_THE_WAY: 1,
}
_MOST_EVENTS: Final = 200


class CourierAway(TryLater):
    """The courier cannot be asked, or answers what nobody can read."""

    sentence = "暂时联系不上寄递企业。"
    remedy = "系统会接着问；急的请打寄递企业的客服电话。"


def tracking_number(given: object) -> str:
    """A tracking number as it may be stored; CourierAway for anything else."""
    text = str(given).strip().upper() if isinstance(given, str) else ""
    if _TRACKING.fullmatch(text) is None:
        raise CourierAway("寄递企业给的运单号读不懂。")
    return text


def merge(
    known: Iterable[Tracked], told: Iterable[Tracked], *, since: datetime, until: datetime
) -> tuple[Tracked, ...]:
    """Everything known, oldest first: each once, none before the order or from the future."""
    plausible = {
        (one.at, one.event): one
        for one in (*told, *known)
        if since - _SKEW <= one.at <= until + _SKEW
    }
    ordered = sorted(plausible.values(), key=lambda one: (one.at, one.event.value))
    return tuple(ordered[-_MOST_EVENTS:])


def ahead(state: str, known: Sequence[Tracked]) -> tuple[CourierEvent, ...]:
    """The steps from a state to what is known: the furthest counts, a return only when nobody signed."""
    if state not in _REACHED:
        return ()
    events = {one.event for one in known}
    if CourierEvent.SIGNED not in events and CourierEvent.BACK in events:
        return (CourierEvent.BACK,)
    reached = [_RANK.index(event) for event in events if event in _RANK]
    furthest = max(reached, default=-1)
    if furthest <= _REACHED[state]:
        return ()
    return (_RANK[furthest],)


def as_json(one: Tracked) -> dict[str, str]:
    return {
        "at": one.at.isoformat(),
        "event": one.event.value,
        "place": one.place[:100],
        "receiver": one.receiver[:100],
    }


def from_json(given: Mapping[str, Any]) -> Tracked:
    return Tracked(
        datetime.fromisoformat(given["at"]),
        CourierEvent(given["event"]),
        given["place"],
        given.get("receiver", ""),
    )
