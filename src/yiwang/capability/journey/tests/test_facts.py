from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.journey import facts


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1946, 3, 2), date(2026, 3, 1), 79),
        (date(1946, 3, 2), date(2026, 3, 2), 80),
        (date(1944, 2, 29), date(2025, 2, 27), 80),
        (date(1944, 2, 29), date(2025, 2, 28), 81),
        (date(1944, 2, 29), date(2024, 2, 28), 79),
        (date(1944, 2, 29), date(2024, 2, 29), 80),
    ],
)
def test_an_age_is_completed_years_also_for_those_born_on_29_february(
    born: date, on: date, age: int
) -> None:
    assert facts.age_on(born, on) == age


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(0, 40000))
def test_an_age_never_falls_and_rises_by_one_at_most(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    before, after = facts.age_on(born, on), facts.age_on(born, on + timedelta(days=1))
    assert 0 <= after - before <= 1
