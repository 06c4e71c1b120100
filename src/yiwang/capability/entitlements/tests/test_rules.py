from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.entitlements import rules
from yiwang.capability.entitlements.definitions import Period

JAN, FEB, MAR, APR, MAY = (date(2026, month, 1) for month in range(1, 6))


def test_a_month_is_due_once_from_the_first_to_before_the_end():
    due = rules.due_months([Period(JAN, MAR, 6000)], up_to=MAY)
    assert due == {JAN: 6000, FEB: 6000}


def test_an_open_period_runs_to_the_closing_month():
    assert list(rules.due_months([Period(MAR, None, 1)], up_to=MAY)) == [MAR, APR, MAY]


def test_a_gap_between_stop_and_resumption_is_not_due():
    periods = [Period(JAN, FEB, 1), Period(APR, None, 1)]
    assert list(rules.due_months(periods, up_to=APR)) == [JAN, APR]


def test_the_list_carries_its_month_and_what_was_never_listed():
    periods = [Period(JAN, None, 6000)]
    assert rules.to_list(periods, listed={JAN}, closing=MAR) == ((FEB, 6000), (MAR, 6000))
    assert rules.to_list(periods, listed={JAN, FEB, MAR}, closing=MAR) == ()


def test_paid_after_the_stop_is_owed_back():
    owed = rules.owed_back([Period(JAN, FEB, 6000)], {JAN: 6000, FEB: 6000, MAR: 6000})
    assert owed == {FEB: 6000, MAR: 6000}


def test_only_the_excess_is_owed_when_the_sum_went_down():
    periods = [Period(JAN, FEB, 6000), Period(FEB, None, 4000)]
    assert rules.owed_back(periods, {FEB: 6000}) == {FEB: 2000}


def test_nothing_is_owed_when_nothing_was_paid():
    assert rules.owed_back([Period(JAN, JAN, 6000)], {}) == {}


@pytest.mark.parametrize(
    ("fen", "words"), [(0, "0.00"), (5, "0.05"), (128000, "1,280.00"), (-150, "-1.50")]
)
def test_money_is_written_with_two_places(fen, words):
    assert rules.yuan(fen) == words


months = st.integers(0, 60).map(lambda n: date(2024 + n // 12, n % 12 + 1, 1))


@given(months, st.sets(months), months, st.integers(1, 10**7))
def test_no_month_is_ever_listed_twice(first, listed, closing, fen):
    again = rules.to_list([Period(first, None, fen)], listed=listed, closing=closing)
    found = [month for month, _ in again]
    assert not listed & set(found)
    assert len(found) == len(set(found))
    rest = rules.to_list([Period(first, None, fen)], listed=listed | set(found), closing=closing)
    assert rest == ()


@given(months)
def test_the_next_month_is_a_first_within_31_days(month):
    following = rules.next_month(month)
    assert following.day == 1
    assert 28 <= (following - month).days <= 31
