from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.mechanisms.clocks import queries, rules, sample
from yiwang.mechanisms.clocks.definitions import Allowance, Colour, Pause, StripKind, Unit

CALENDAR = queries.shipped_calendar()
DAYS = st.dates(date(2020, 1, 1), date(2026, 10, 31))


def due(start: date, allowance: Allowance, *pauses: Pause):
    return rules.due(start=start, allowance=allowance, calendar=CALENDAR, pauses=pauses)


def test_the_day_of_the_start_is_not_counted_and_weekends_are_left_out() -> None:
    assert due(date(2026, 3, 5), sample.days(3)).on == date(2026, 3, 10)


def test_a_holiday_is_left_out_and_a_made_up_weekend_counts() -> None:
    """National day 2025: 1-8 October off; Sunday 28 September and Saturday 11 October worked."""
    assert due(date(2025, 9, 26), sample.days(4)).on == date(2025, 10, 9)
    assert due(date(2025, 9, 26), sample.days(5)).on == date(2025, 10, 10)
    assert due(date(2025, 9, 26), sample.days(6)).on == date(2025, 10, 11)


def test_nothing_to_wait_means_the_same_day_even_on_a_sunday() -> None:
    assert due(date(2026, 3, 8), sample.days(0)).on == date(2026, 3, 8)


def test_a_pause_stops_the_count_from_the_next_day_until_the_day_of_resumption() -> None:
    pause = Pause(date(2026, 3, 5), date(2026, 3, 10), "检测")
    found = due(date(2026, 3, 2), sample.days(5), pause)
    assert found.on == date(2026, 3, 12)
    assert "3月6日至10日暂停（检测），不算。" in found.steps


def test_a_month_ends_on_the_corresponding_day_or_the_last_of_the_month() -> None:
    assert due(date(2026, 1, 31), Allowance(1, Unit.MONTH)).on == date(2026, 2, 28)
    assert due(date(2024, 1, 31), Allowance(1, Unit.MONTH)).on == date(2024, 2, 29)
    assert due(date(2024, 2, 29), Allowance(1, Unit.YEAR)).on == date(2025, 2, 28)


def test_a_natural_limit_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    found = due(date(2026, 4, 25), Allowance(6, Unit.NATURAL_DAY))
    assert found.on == date(2026, 5, 6)
    assert "顺延" in " ".join(found.steps)


def test_hours_run_through_the_night() -> None:
    at = datetime(2026, 3, 6, 9, 30, tzinfo=UTC)
    moment = rules.due_moment(
        started_at=at,
        allowance=Allowance(36, Unit.HOUR),
        on=date(2026, 3, 8),
        paused=timedelta(hours=2),
    )
    assert moment == datetime(2026, 3, 7, 23, 30, tzinfo=UTC)


def test_a_date_beyond_the_table_is_provisional_and_says_so() -> None:
    found = due(date(2026, 12, 9), sample.days(20))
    assert found.provisional
    assert found.on == date(2027, 1, 6)
    assert "2027 年的放假安排还没有录入" in found.steps[-1]


def test_the_last_days_of_the_last_year_may_still_be_moved_by_the_next_notice() -> None:
    assert not due(date(2026, 12, 24), sample.days(1)).provisional
    assert due(date(2026, 12, 28), sample.days(1)).provisional


def test_the_reasons_read_as_sentences() -> None:
    assert due(date(2025, 9, 26), sample.days(5)).steps == (
        "9月26日（周五）开始，当天不算，从第二天起数。",
        "时限是 5 个工作日。",
        "9月27日是周末，不算。",
        "10月1日至8日国庆节、中秋节放假，不算。",
        "9月28日（周日）因国庆节调休上班，要算。",
        "第 5 个工作日是 10月10日（周五），当天结束前都算按时。",
    )


def test_green_turns_yellow_then_red() -> None:
    allowance, on = sample.days(5, warn_days=2), date(2026, 3, 10)

    def colour(day: int) -> Colour:
        today = date(2026, 3, day)
        return rules.colour(on=on, today=today, allowance=allowance, calendar=CALENDAR)

    assert [colour(d) for d in (5, 6, 9, 10, 11)] == [
        Colour.GREEN,
        Colour.YELLOW,
        Colour.YELLOW,
        Colour.YELLOW,
        Colour.RED,
    ]


def test_the_strip_shows_used_today_free_and_the_answer_with_weekends_as_gaps() -> None:
    days = rules.strip(
        start=date(2026, 3, 5),
        on=date(2026, 3, 11),
        today=date(2026, 3, 9),
        calendar=CALENDAR,
        gaps=(),
        unit=Unit.WORKING_DAY,
    )
    assert [d.kind for d in days] == [
        StripKind.USED,
        StripKind.OFF,
        StripKind.OFF,
        StripKind.TODAY,
        StripKind.FREE,
        StripKind.DUE,
    ]


@given(start=DAYS, amount=st.integers(1, 60))
def test_the_last_day_is_worked_and_later_than_the_start(start: date, amount: int) -> None:
    on = due(start, sample.days(amount)).on
    assert on > start
    assert CALENDAR.is_working(on)


@given(start=DAYS, amount=st.integers(1, 40), more=st.integers(0, 20))
def test_a_longer_limit_never_ends_earlier(start: date, amount: int, more: int) -> None:
    assert due(start, sample.days(amount + more)).on >= due(start, sample.days(amount)).on


@given(
    start=DAYS,
    amount=st.integers(1, 40),
    unit=st.sampled_from(list(Unit)),
    after=st.integers(0, 30),
    length=st.integers(0, 30),
)
def test_a_pause_never_makes_a_limit_end_earlier(
    start: date, amount: int, unit: Unit, after: int, length: int
) -> None:
    begins = start + timedelta(days=after)
    pause = Pause(begins, begins + timedelta(days=length))
    assert due(start, Allowance(amount, unit), pause).on >= due(start, Allowance(amount, unit)).on


@given(start=DAYS, amount=st.integers(1, 60), today=st.integers(0, 90))
def test_used_and_left_days_add_up(start: date, amount: int, today: int) -> None:
    on, now = due(start, sample.days(amount)).on, start + timedelta(days=today)
    used = rules.days_used(
        start=start, until=now, unit=Unit.WORKING_DAY, calendar=CALENDAR, gaps=()
    )
    left = rules.days_between(after=now, until=on, unit=Unit.WORKING_DAY, calendar=CALENDAR)
    assert used + left == amount


@given(start=DAYS, amount=st.integers(1, 60), warn=st.integers(0, 10))
def test_the_first_yellow_day_is_the_first_with_so_few_days_left(
    start: date, amount: int, warn: int
) -> None:
    on = due(start, sample.days(amount)).on
    first = rules.warns_on(on=on, allowance=sample.days(amount, warn), calendar=CALENDAR)

    def left(day: date) -> int:
        return rules.days_between(after=day, until=on, unit=Unit.WORKING_DAY, calendar=CALENDAR)

    assert left(first) <= warn
    assert left(first - timedelta(days=1)) > warn


def test_overlapping_pauses_count_once() -> None:
    one = Pause(date(2026, 3, 3), date(2026, 3, 6))
    two = Pause(date(2026, 3, 5), date(2026, 3, 10))
    both = Pause(date(2026, 3, 3), date(2026, 3, 10))
    assert rules.merge([two, one]) == (both,)
    assert (
        due(date(2026, 3, 2), sample.days(5), two, one).on
        == due(date(2026, 3, 2), sample.days(5), both).on
    )


def test_an_allowance_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        Allowance(-1)
