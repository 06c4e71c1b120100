"""Numbers of tickets, what an outcome becomes, and a day's count. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yiwang.capability.halls.definitions import Outcome, Tally

_LINE: Final = re.compile(r"[A-Z]{1,2}")
_NUMBER: Final = re.compile(r"[A-Z0-9]{1,8}")
_RANK: Final = list(Outcome)


def ticket_number(line: str, sequence: int) -> str:
    """``B047``."""
    return f"{line}{sequence:03d}"


def is_line(text: str) -> bool:
    """The letter of a queue: one or two capitals."""
    return _LINE.fullmatch(text) is not None


def is_counter_number(text: str) -> bool:
    """What stands above a window: capitals and digits."""
    return _NUMBER.fullmatch(text) is not None


def further(before: str, now: str) -> Outcome:
    """A turn is counted by the furthest it came."""
    return max(Outcome(before), Outcome(now), key=_RANK.index)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as the count needs it."""

    item_name: str
    clerk_name: str
    outcome: str
    began_at: datetime
    ended_at: datetime | None
    consultations: tuple[str, ...] = ()  # names of the items told about


@dataclass(frozen=True, slots=True)
class Rest:
    """One break of a clerk."""

    clerk_name: str
    began_at: datetime
    ended_at: datetime | None


def count_items(turns: Iterable[Turn]) -> tuple[Tally, ...]:
    """By item, the busiest first; a question counts for the item it was about."""
    found: dict[str, Tally] = {}
    for turn in turns:
        if turn.item_name:
            _add(found, turn.item_name, turn)
        for name in turn.consultations:
            line = found.setdefault(name, Tally(name))
            found[name] = replace(line, consulted=line.consulted + 1)
    return tuple(sorted(found.values(), key=lambda one: (-one.received - one.consulted, one.label)))


def count_clerks(
    turns: Iterable[Turn], rests: Sequence[Rest], *, at: datetime
) -> tuple[Tally, ...]:
    """By clerk: persons, acts, minutes served, minutes the window stood still."""
    found: dict[str, Tally] = {}
    for turn in turns:
        line = _add(found, turn.clerk_name, turn)
        minutes = _minutes(turn.began_at, turn.ended_at or at)
        found[turn.clerk_name] = replace(
            line, minutes=line.minutes + minutes, consulted=line.consulted + len(turn.consultations)
        )
    for rest in rests:
        line = found.setdefault(rest.clerk_name, Tally(rest.clerk_name))
        minutes = _minutes(rest.began_at, rest.ended_at or at)
        found[rest.clerk_name] = replace(line, paused=line.paused + minutes)
    return tuple(sorted(found.values(), key=lambda one: (-one.persons, one.label)))


def total_of(lines: Sequence[Tally]) -> Tally:
    """All lines in one."""

    def sum_of(read: Callable[[Tally], int]) -> int:
        return sum(read(line) for line in lines)

    return Tally(
        "合计",
        persons=sum_of(lambda one: one.persons),
        received=sum_of(lambda one: one.received),
        accepted=sum_of(lambda one: one.accepted),
        returned=sum_of(lambda one: one.returned),
        decided=sum_of(lambda one: one.decided),
        consulted=sum_of(lambda one: one.consulted),
        minutes=sum_of(lambda one: one.minutes),
        paused=sum_of(lambda one: one.paused),
    )


def _add(found: dict[str, Tally], name: str, turn: Turn) -> Tally:
    line = found.setdefault(name, Tally(name))
    came_in = turn.outcome in (
        Outcome.RECEIVED, Outcome.RETURNED, Outcome.ACCEPTED, Outcome.DECIDED
    )  # fmt: skip
    found[name] = replace(
        line,
        persons=line.persons + 1,
        received=line.received + came_in,
        accepted=line.accepted + (turn.outcome == Outcome.ACCEPTED),
        returned=line.returned + (turn.outcome == Outcome.RETURNED),
        decided=line.decided + (turn.outcome == Outcome.DECIDED),
    )
    return found[name]


def _minutes(began_at: datetime, ended_at: datetime) -> int:
    return max(0, round((ended_at - began_at).total_seconds() / 60))
