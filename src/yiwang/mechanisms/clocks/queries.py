"""Clocks as pages see them, and the calendar as it is now."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.clocks import rules
from yiwang.mechanisms.clocks.definitions import (
    Allowance,
    Calendar,
    CalendarDay,
    ClockDates,
    ClockView,
    Colour,
    Due,
    NoticeView,
    Pause,
    Unit,
)
from yiwang.mechanisms.clocks.models import CalendarNotice, Clock, ClockPause
from yiwang.mechanisms.statements import prepared

_FILES: Final = Path(__file__).parent / "calendar"
#: Other processes notice an imported notice within this time; the hourly round mends the rest.
_KEEP_SECONDS: Final = 60.0
_DATES: Final = """
SELECT kind, due_on, warns_on, paused_at IS NOT NULL FROM clocks_clock
WHERE subject = %s AND stopped_at IS NULL ORDER BY due_on, id
"""
#: Each clock, and whether it ever stood.
_READ: Final = """
SELECT {columns}, EXISTS (SELECT FROM clocks_pause p WHERE p.clock_id = clocks_clock.id)
  FROM clocks_clock
"""
_ONE: Final = f"{_READ} WHERE subject = %s AND kind = %s"
_OF_SUBJECTS: Final = f"{_READ} WHERE subject = ANY(%s::text[]) ORDER BY id"
_PAUSES: Final = (
    "SELECT {columns} FROM clocks_pause WHERE clock_id = ANY(%s::bigint[]) ORDER BY paused_at, id"
)
_kept: list[tuple[float, Calendar]] = []


@lru_cache(maxsize=1)
def shipped_calendar() -> Calendar:
    """The notices the product comes with."""
    days: dict[date, CalendarDay] = {}
    for path in sorted(_FILES.glob("*.csv")):
        with path.open(encoding="utf-8") as lines:
            for row in csv.DictReader(line for line in lines if not line.startswith("#")):
                on = date.fromisoformat(row["on"])
                days[on] = CalendarDay(on, row["working"] == "1", row["name"])
    first, last = min(days), max(on for on in days if on.month < 12)
    return Calendar(first.year, last.year, days)


def get_calendar() -> Calendar:
    """The calendar in force: what came with the product, then what operators imported."""
    if _kept and time.monotonic() - _kept[0][0] < _KEEP_SECONDS:
        return _kept[0][1]
    calendar = _with_notices(shipped_calendar(), CalendarNotice.objects.order_by("id"))
    _kept[:] = [(time.monotonic(), calendar)]
    return calendar


def first_imported_day() -> date | None:
    """The earliest day any imported notice names, None when nothing was imported."""
    every = [
        entry["on"]
        for days in CalendarNotice.objects.values_list("days", flat=True)
        for entry in days
    ]
    return date.fromisoformat(min(every)) if every else None


def list_notices(*, limit: int = 20) -> tuple[NoticeView, ...]:
    """The holiday notices operators imported, newest first."""
    rows = CalendarNotice.objects.order_by("-id")[: min(limit, 200)]
    return tuple(
        NoticeView(row.year, row.source, len(row.days), row.imported_at, row.imported_by)
        for row in rows
    )


def forget_calendar() -> None:
    """Read the calendar afresh next time."""
    _kept.clear()


def _with_notices(shipped: Calendar, notices: Iterable[CalendarNotice]) -> Calendar:
    last = {notice.year: notice for notice in notices}
    if not last:
        return shipped
    days = dict(shipped.days)
    for year in sorted(last):
        days = {on: day for on, day in days.items() if on.year != year}
        for entry in last[year].days:
            on = date.fromisoformat(entry["on"])
            days[on] = CalendarDay(on, bool(entry["working"]), str(entry["name"]))
    years = max(shipped.last_year, *_contiguous(shipped.last_year, last))
    return Calendar(shipped.first_year, years, days, max(n.pk for n in last.values()))


def _contiguous(after: int, years: Mapping[int, object]) -> Iterable[int]:
    """The last year reached without a gap: 2028 alone does not make 2027 known."""
    year = after
    while year + 1 in years:
        year += 1
    return (year,)


def find_clock(*, subject: str, kind: str, at: datetime) -> ClockView | None:
    """One clock as it stands at a moment, None when there is none."""
    rows, pauses = _with_pauses(prepared.read_beside(Clock, _ONE, [subject, kind]))
    return _view(rows[0], pauses.get(rows[0].pk, ()), at) if rows else None


def find_clocks(
    *, subjects: Sequence[str], at: datetime, brief: bool = False
) -> Mapping[str, tuple[ClockView, ...]]:
    """All clocks of some subjects, for lists: one statement however many there are, and one for
    the pauses of those that ever stood.

    ``brief``: for rows that show only the day and the light; the reasons and the strip stay empty.
    """
    found: dict[str, tuple[ClockView, ...]] = dict.fromkeys(subjects, ())
    if not subjects:
        return found
    rows, pauses = _with_pauses(prepared.read_beside(Clock, _OF_SUBJECTS, [list(subjects)]))
    for clock in rows:
        found[clock.subject] += (_view(clock, pauses.get(clock.pk, ()), at, brief=brief),)
    return found


def _with_pauses(
    clocks: Sequence[tuple[Clock, tuple[bool]]],
) -> tuple[list[Clock], Mapping[int, Sequence[ClockPause]]]:
    """The clocks, and by clock the pauses of those that ever stood, in order."""
    found: dict[int, list[ClockPause]] = {}
    stood = [clock.pk for clock, (paused,) in clocks if paused]
    for row in prepared.read(ClockPause, _PAUSES, [stood]) if stood else ():
        found.setdefault(row.clock_id, []).append(row)
    return [clock for clock, _ in clocks], found


def list_dates(subject: str) -> tuple[ClockDates, ...]:
    """The kept dates of a subject's clocks that still run, standing ones included."""
    return tuple(ClockDates(*row) for row in prepared.run(_DATES, [subject]))


def counted(clock: Clock, rows: Iterable[ClockPause]) -> list[ClockPause]:
    """The pauses since the clock began; a clock begun anew forgets the earlier ones."""
    return [row for row in rows if row.paused_at >= clock.started_at]


def pauses_of(rows: Iterable[ClockPause], *, open_until: date) -> tuple[Pause, ...]:
    """Stored pauses as days; an open one counts as ending on ``open_until``."""
    return tuple(
        Pause(
            legal_date(row.paused_at),
            legal_date(row.resumed_at) if row.resumed_at else open_until,
            row.reason,
        )
        for row in rows
    )


def paused_time(rows: Iterable[ClockPause], *, open_until: datetime) -> timedelta:
    """The exact time stood still, for clocks that run by the hour."""
    return sum(((row.resumed_at or open_until) - row.paused_at for row in rows), timedelta())


def due_of(clock: Clock, pauses: Sequence[Pause], calendar: Calendar) -> Due:
    return rules.due(
        start=clock.started_on, allowance=clock.allowance, calendar=calendar, pauses=pauses
    )


def _view(
    clock: Clock, pauses: Iterable[ClockPause], at: datetime, *, brief: bool = False
) -> ClockView:
    calendar = get_calendar()
    allowance: Allowance = clock.allowance
    stopped_on = legal_date(clock.stopped_at) if clock.stopped_at else None
    today = stopped_on or legal_date(at)
    rows = counted(clock, pauses)
    standing = next((row for row in rows if row.resumed_at is None), None)
    gaps = rules.merge(pauses_of(rows, open_until=today))
    kept = brief and clock.paused_at is None  # a standing clock's day moves on with each day
    due = Due(clock.due_on, clock.provisional, ()) if kept else due_of(clock, gaps, calendar)
    return ClockView(
        subject=clock.subject,
        kind=clock.kind,
        allowance=allowance,
        started_on=clock.started_on,
        due_on=due.on,
        due_at=rules.due_moment(
            started_at=clock.started_at,
            allowance=allowance,
            on=due.on,
            paused=paused_time(rows, open_until=clock.stopped_at or at),
        ),
        provisional=due.provisional,
        colour=_colour(clock, due, today, at, calendar),
        days_left=rules.days_between(
            after=today, until=due.on, unit=allowance.unit, calendar=calendar
        ),
        days_used=rules.days_used(
            start=clock.started_on, until=today, unit=allowance.unit, calendar=calendar, gaps=gaps
        ),
        paused=clock.paused_at is not None,
        stopped_on=stopped_on,
        steps=due.steps,
        paused_on=legal_date(standing.paused_at) if standing else None,
        paused_because=standing.reason if standing else "",
        strip=()
        if brief
        else rules.strip(
            start=clock.started_on,
            on=due.on,
            today=today,
            calendar=calendar,
            gaps=gaps,
            unit=allowance.unit,
        ),
    )


def _colour(clock: Clock, due: Due, today: date, at: datetime, calendar: Calendar) -> Colour:
    """A stopped clock was in time or late; a running one may also be nearly due."""
    if Unit(clock.unit) is Unit.HOUR and (clock.stopped_at or at) > clock.due_at:
        return Colour.RED
    colour = rules.colour(on=due.on, today=today, allowance=clock.allowance, calendar=calendar)
    return Colour.GREEN if clock.stopped_at and colour is Colour.YELLOW else colour
