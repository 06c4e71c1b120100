"""Start, pause, resume and stop clocks; warn; bring in a year's holidays and compute again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest

from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.mechanisms.clocks import queries, registry, rules
from yiwang.mechanisms.clocks.definitions import Allowance, CalendarDay, Colour
from yiwang.mechanisms.clocks.events import (
    CalendarImported,
    ClockExtended,
    ClockRecomputed,
    ClockTurnedRed,
    ClockTurnedYellow,
)
from yiwang.mechanisms.clocks.models import CalendarNotice, Clock, ClockPause
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared

_BATCH: Final = 200
_START: Final = """
INSERT INTO clocks_clock (subject, kind, amount, unit, warn_days, started_at, started_on, due_on,
                          due_at, warns_on, provisional, calendar_edition, announced)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'GREEN')
ON CONFLICT (subject, kind) DO NOTHING RETURNING id
"""


_ONE: Final = "SELECT {columns} FROM clocks_clock WHERE subject = %s AND kind = %s FOR UPDATE"
_RUNNING: Final = (
    "SELECT {columns} FROM clocks_clock WHERE subject = %s AND stopped_at IS NULL"
    " ORDER BY id FOR UPDATE"
)


class CannotStartClock(Refusal):
    sentence = "这个时限已经在计算，不能重复开始。"


class CannotPauseClock(Refusal):
    sentence = "这个时限现在不能暂停。"
    remedy = "已暂停或已停止的时限不能再暂停，请刷新页面。"


class CannotResumeClock(Refusal):
    sentence = "这个时限没有暂停，不需要恢复。"


class CannotExtendClock(Refusal):
    sentence = "这个时限已经停止，不能延长。"


def start(
    *,
    subject: str,
    kind: str,
    allowance: Allowance,
    at: datetime,
    actor: Actor,
    since: datetime | None = None,
    tell: bool = True,
) -> date:
    """A limit begins to run for one subject; returns the last day. ``CannotStartClock`` twice.

    ``since``: where the law counts from an earlier moment than the one it is noticed at. ``tell``:
    not where the subject has no row yet that could keep the day.
    """
    began = since or at
    calendar, started_on = queries.get_calendar(), legal_date(began)
    due = rules.due(start=started_on, allowance=allowance, calendar=calendar)
    row: list[Any] = [
        subject,
        kind,
        allowance.amount,
        allowance.unit,
        allowance.warn_days,
        began,
        started_on,
        due.on,
        rules.due_moment(started_at=began, allowance=allowance, on=due.on),
        rules.warns_on(on=due.on, allowance=allowance, calendar=calendar),
        due.provisional,
        calendar.edition,
    ]
    if not prepared.run(_START, row):
        raise CannotStartClock
    _record(actor, "clocks.start", subject, at, kind, tell=tell, due_on=due.on.isoformat())
    return due.on


def pause(*, subject: str, kind: str, reason: str, at: datetime, actor: Actor) -> None:
    """The limit stands still from tomorrow until it is resumed. ``CannotPauseClock``, ``NotFound``."""
    clock = _locked(subject, kind)
    if clock.stopped_at or clock.paused_at:
        raise CannotPauseClock
    ClockPause.objects.create(clock=clock, paused_at=at, reason=reason)
    clock.paused_at = at
    clock.save(update_fields=["paused_at"])
    _record(actor, "clocks.pause", subject, at, kind)


def resume(*, subject: str, kind: str, at: datetime, actor: Actor) -> date:
    """The limit runs again from tomorrow; returns the new last day. ``CannotResumeClock``."""
    clock = _locked(subject, kind)
    if clock.paused_at is None or clock.stopped_at:
        raise CannotResumeClock
    clock.pauses.filter(resumed_at=None).update(resumed_at=Greatest("paused_at", at))
    clock.paused_at = None
    _compute(clock, at)
    clock.save()
    _record(actor, "clocks.resume", subject, at, kind, due_on=clock.due_on.isoformat())
    return clock.due_on


def stop(*, subject: str, kind: str, at: datetime, actor: Actor) -> bool:
    """The matter is done; False when the clock had been stopped or never ran."""
    clocks = prepared.read(Clock, _ONE, [subject, kind])
    if not clocks or clocks[0].stopped_at:
        return False
    _stop(clocks[0], at, actor)
    return True


def stop_all(*, subject: str, at: datetime, actor: Actor) -> int:
    """Everything that still runs for a subject is done; returns how many."""
    clocks = prepared.read(Clock, _RUNNING, [subject])
    for clock in clocks:
        _stop(clock, at, actor)
    return len(clocks)


def _stop(clock: Clock, at: datetime, actor: Actor) -> None:
    if clock.paused_at is not None:
        clock.pauses.filter(resumed_at=None).update(resumed_at=Greatest("paused_at", at))
        clock.paused_at = None
        _compute(clock, at)
        clock.save()
    clock.stopped_at = at
    prepared.change(Clock, {"stopped_at": at}, where={"id": clock.pk})
    _record(actor, "clocks.stop", clock.subject, at, clock.kind, late=at > clock.due_at)


def extend(*, subject: str, kind: str, more: int, at: datetime, actor: Actor) -> date:
    """The allowance grows by ``more`` of its units; returns the new last day. ``CannotExtendClock``."""
    clock = _locked(subject, kind)
    if clock.stopped_at or more < 1:
        raise CannotExtendClock
    was = clock.due_on
    clock.amount += more
    _compute(clock, at)
    clock.save()
    event = ClockExtended(
        subject=subject,
        at=at,
        kind=kind,
        more=more,
        due_on=clock.due_on.isoformat(),
        was_due_on=was.isoformat(),
    )
    journal.announce(event, actor=actor)
    registry.tell(subject)
    return clock.due_on


def restart(*, subject: str, kind: str, allowance: Allowance, at: datetime, actor: Actor) -> date:
    """A stopped limit begins anew because the matter begins anew; returns the last day.

    Pauses of the time before do not count. ``NotFound``, ``CannotStartClock`` while it still runs.
    """
    clock = _locked(subject, kind)
    if clock.stopped_at is None:
        raise CannotStartClock
    clock.amount, clock.unit, clock.warn_days = (
        allowance.amount,
        allowance.unit,
        allowance.warn_days,
    )
    clock.started_at, clock.started_on, clock.stopped_at = at, legal_date(at), None
    clock.announced = Colour.GREEN
    _compute(clock, at)
    clock.save()
    _record(actor, "clocks.restart", subject, at, kind, due_on=clock.due_on.isoformat())
    return clock.due_on


def warn(*, at: datetime, actor: Actor) -> int:
    """Announce every clock that turned yellow or red since the last round; returns how many."""
    today, turned = legal_date(at), 0
    while True:
        with transaction.atomic():
            rows = Clock.objects.filter(warns_on__lte=today, stopped_at=None, paused_at=None)
            late = Q(due_at__lte=at) & ~Q(announced=Colour.RED)
            waiting = rows.filter(late | Q(announced=Colour.GREEN))
            batch = list(waiting.select_for_update(skip_locked=True).order_by("id")[:_BATCH])
            for clock in batch:
                _turn(clock, Colour.RED if at >= clock.due_at else Colour.YELLOW, at, actor)
            turned += len(batch)
        if len(batch) < _BATCH:
            return turned


def _turn(clock: Clock, colour: Colour, at: datetime, actor: Actor) -> None:
    clock.announced = colour
    clock.save(update_fields=["announced"])
    event = ClockTurnedRed if colour is Colour.RED else ClockTurnedYellow
    due_on = clock.due_on.isoformat()
    journal.announce(
        event(subject=clock.subject, at=at, kind=clock.kind, due_on=due_on), actor=actor
    )


def import_calendar(
    *, year: int, source: str, days: Sequence[CalendarDay], at: datetime, actor: Actor
) -> int:
    """Bring in a year's holiday notice and compute provisional clocks again; returns how many moved
    or settled. A later notice for the same year replaces the earlier. ``InvalidInput``."""
    problems = _notice_problems(year, days)
    if problems or not source.strip():
        missing = [] if source.strip() else [FieldProblem("source", "要写明放假通知的文号或网址。")]
        raise InvalidInput("这份放假安排不能导入。", fields=[*missing, *problems])
    with transaction.atomic():
        notice = CalendarNotice.objects.create(
            year=year,
            source=source,
            days=[
                {"on": d.on.isoformat(), "working": d.working, "name": d.name}
                for d in sorted(days, key=lambda d: d.on)
            ],
            imported_at=at,
            imported_by=actor.reference,
        )
        event = CalendarImported(
            subject=reference("calendar", str(year)),
            at=at,
            year=year,
            edition=notice.pk,
            days=len(days),
        )
        journal.announce(event, actor=actor)
    queries.forget_calendar()
    return recompute(at=at, actor=actor)


def recompute(*, at: datetime, actor: Actor) -> int:
    """Compute running clocks again that an imported notice may move: the provisional ones and those
    due on or after the first day it names. Returns how many moved or settled, one entry each."""
    calendar, count = queries.get_calendar(), 0
    first = queries.first_imported_day()
    stale = Clock.objects.filter(stopped_at=None, calendar_edition__lt=calendar.edition)
    if first is None:
        return 0
    stale.filter(provisional=False, due_on__lt=first).update(calendar_edition=calendar.edition)
    while True:
        with transaction.atomic():
            batch = list(stale.select_for_update(skip_locked=True).order_by("id")[:_BATCH])
            count += sum(_recompute_one(clock, at, actor) for clock in batch)
        if len(batch) < _BATCH:
            return count


def _recompute_one(clock: Clock, at: datetime, actor: Actor) -> bool:
    was = (clock.due_on, clock.provisional)
    _compute(clock, at)
    clock.save()
    if was == (clock.due_on, clock.provisional):
        return False
    event = ClockRecomputed(
        subject=clock.subject,
        at=at,
        kind=clock.kind,
        due_on=clock.due_on.isoformat(),
        was_due_on=was[0].isoformat(),
        provisional=clock.provisional,
    )
    journal.announce(event, actor=actor)
    registry.tell(clock.subject)
    return True


def _compute(clock: Clock, at: datetime) -> None:
    """Fill in everything that follows from the calendar and the pauses."""
    calendar = queries.get_calendar()
    rows = queries.counted(clock, clock.pauses.order_by("paused_at"))
    due = queries.due_of(clock, queries.pauses_of(rows, open_until=legal_date(at)), calendar)
    clock.due_on, clock.provisional = due.on, due.provisional
    clock.due_at = rules.due_moment(
        started_at=clock.started_at,
        allowance=clock.allowance,
        on=due.on,
        paused=queries.paused_time(rows, open_until=at),
    )
    clock.warns_on = rules.warns_on(on=due.on, allowance=clock.allowance, calendar=calendar)
    clock.calendar_edition = calendar.edition
    colour = rules.colour(
        on=due.on, today=legal_date(at), allowance=clock.allowance, calendar=calendar
    )
    if colour is Colour.GREEN:
        clock.announced = Colour.GREEN


def _notice_problems(year: int, days: Sequence[CalendarDay]) -> list[FieldProblem]:
    """A notice names only days of its year, or the last days of the year before."""
    problems = [] if days else [FieldProblem("days", "一天都没有。")]
    seen: set[date] = set()
    for day in days:
        place = day.on.isoformat()
        if day.on.year != year and not (day.on.year == year - 1 and day.on.month == 12):
            problems.append(FieldProblem(place, f"不在 {year} 年内，也不是上一年十二月。"))
        if day.on in seen:
            problems.append(FieldProblem(place, "写了两次。"))
        if day.working and day.on.weekday() < 5:
            problems.append(FieldProblem(place, "本来就是工作日，不会是调休上班。"))
        seen.add(day.on)
    return problems


def _locked(subject: str, kind: str) -> Clock:
    clocks = prepared.read(Clock, _ONE, [subject, kind])
    if not clocks:
        raise NotFound
    return clocks[0]


def _record(
    actor: Actor,
    act: str,
    subject: str,
    at: datetime,
    kind: str,
    *,
    tell: bool = True,
    **facts: str | bool,
) -> None:
    journal.record(actor=actor, act=act, subject=subject, at=at, facts={"kind": kind, **facts})
    if tell:
        registry.tell(subject)
