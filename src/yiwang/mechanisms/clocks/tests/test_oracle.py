"""Acceptance: due dates agree with an independent oracle for every day of 2020-2026 as the start,
limits 0-60 and up to three pauses. The oracle walks day by day over ``chinese_calendar``; the product
looks up an index of its own data file."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta

import chinese_calendar

from yiwang.mechanisms.clocks import queries, rules
from yiwang.mechanisms.clocks.definitions import Allowance, Pause, Unit

FIRST, LAST, LIMIT = date(2020, 1, 1), date(2026, 12, 31), 60
ONE = timedelta(days=1)


def _is_workday(on: date) -> bool:
    """Beyond the library's years only the week is known."""
    return chinese_calendar.is_workday(on) if on.year <= 2026 else on.weekday() < 5


def _walk(start: date, paused: set[date], worked: dict[date, bool]) -> list[date]:
    """The answers for limits 0..60, by looking at one day after another."""
    answers, day = [start], start
    while len(answers) <= LIMIT:
        day += ONE
        if worked[day] and day not in paused:
            answers.append(day)
    return answers


def _pauses(start: date, chance: random.Random, count: int) -> list[Pause]:
    made = []
    for _ in range(count):
        begins = start + timedelta(days=chance.randint(-3, 70))
        made.append(Pause(begins, begins + timedelta(days=chance.randint(0, 25))))
    return made


def _stood_still(pauses: list[Pause]) -> set[date]:
    return {
        pause.begins_on + timedelta(days=n)
        for pause in pauses
        for n in range(1, (pause.ends_on - pause.begins_on).days + 1)
    }


def test_due_dates_agree_with_the_oracle_for_every_day_limit_and_up_to_three_pauses() -> None:
    calendar = queries.shipped_calendar()
    worked = {FIRST + n * ONE: False for n in range((LAST - FIRST).days + 400)}
    worked = {day: _is_workday(day) for day in worked}
    allowances = [Allowance(amount) for amount in range(LIMIT + 1)]
    chance, compared, wrong = random.Random(20260516), 0, []
    began = time.process_time()
    start = FIRST
    while start <= LAST:
        for count in range(4):
            pauses = _pauses(start, chance, count)
            gaps = rules.merge(pauses)
            expected = _walk(start, _stood_still(pauses), worked)
            for allowance, right in zip(allowances, expected, strict=True):
                on = rules.last_day(start=start, allowance=allowance, calendar=calendar, gaps=gaps)
                compared += 1
                if on != right:
                    wrong.append((start, allowance.amount, pauses, on, right))
        start += ONE
    seconds = time.process_time() - began
    print(f"clocks oracle: {compared} passed, {len(wrong)} failed in {seconds:.1f} s")  # noqa: T201 - the acceptance line
    assert not wrong[:3]
    assert compared == 2557 * 61 * 4
    assert seconds < 60


def test_what_is_published_is_what_the_sweep_compared() -> None:
    """``due`` gives the swept day; sampled, because it also writes the reasons."""
    calendar, chance = queries.shipped_calendar(), random.Random(7)
    for _ in range(2000):
        start = FIRST + chance.randint(0, 2556) * ONE
        pauses = _pauses(start, chance, chance.randint(0, 3))
        allowance = Allowance(chance.randint(0, LIMIT), chance.choice(list(Unit)[:1]))
        said = rules.due(start=start, allowance=allowance, calendar=calendar, pauses=pauses)
        assert said.on == rules.last_day(
            start=start, allowance=allowance, calendar=calendar, gaps=rules.merge(pauses)
        )
        assert said.provisional == (said.on > date(2026, 12, 27))


def test_the_shipped_calendar_is_the_library_s_for_all_its_years() -> None:
    calendar = queries.shipped_calendar()
    day, compared = date(2004, 1, 1), 0
    while day.year <= 2026:
        assert calendar.is_working(day) == chinese_calendar.is_workday(day), day
        day, compared = day + ONE, compared + 1
    print(f"calendar days: {compared} passed, 0 failed")  # noqa: T201 - the acceptance line
