"""Which copy leads to which moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yiwang.cloud.backup.definitions import Base, Kind, Plan, Reach

_SEGMENTS_PER_LOG = 0x100


def choose(bases: Sequence[Base], reach: Reach | None, to: datetime | None) -> Plan | None:
    """The newest base that was whole by then, and how far to go from it; None when none leads there.

    ``to``: None for as late as possible. A dump leads to its own moment only.
    """
    whole = sorted((b for b in bases if to is None or b.ended_at <= to), key=lambda b: b.ended_at)
    if not whole:
        return None
    base = whole[-1]
    if base.kind is Kind.DUMP:
        return Plan(base, None, base.ended_at) if to in (None, base.ended_at) else None
    if to is None:
        end = max(base.ended_at, reach.until) if reach else base.ended_at
        return Plan(base, None, end)
    if reach is None or to > reach.until:
        return None
    # Nothing was written between the last mark and there: the end of the log is that moment.
    return Plan(base, to if to <= reach.marked_at else None, to)


def following(segment: str) -> str:
    """The name of the segment after one: timeline, log, number in the log, eight hex digits each."""
    timeline, log, number = segment[:8], int(segment[8:16], 16), int(segment[16:], 16) + 1
    if number == _SEGMENTS_PER_LOG:
        log, number = log + 1, 0
    return f"{timeline}{log:08X}{number:08X}"


def needed(first: str, last: str) -> tuple[str, ...]:
    """Every segment from the one a base begins with to the last that was copied, of its timeline."""
    names, name = [], first
    while name[:8] == last[:8] and name <= last:
        names.append(name)
        name = following(name)
    return tuple(names)


def superfluous(bases: Sequence[Base], keep: int) -> tuple[Base, ...]:
    """The oldest bases beyond those to be kept."""
    newest_first = sorted(bases, key=lambda b: b.ended_at, reverse=True)
    return tuple(newest_first[keep:])
