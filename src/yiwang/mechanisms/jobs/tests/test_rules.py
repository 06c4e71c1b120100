from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yiwang.mechanisms.jobs import rules

jitters = st.floats(min_value=0, max_value=1)


@given(attempts=st.integers(0, 10_000), jitter=jitters)
def test_no_pause_is_longer_than_an_hour_and_a_half_nor_shorter_than_half_the_first(
    attempts, jitter
):
    pause = rules.wait_seconds(attempts=attempts, jitter=jitter)
    assert rules.FIRST_WAIT_SECONDS / 2 <= pause <= rules.LONGEST_WAIT_SECONDS * 1.5


@given(attempts=st.integers(0, 40), jitter=jitters)
def test_pauses_never_get_shorter_for_the_same_jitter(attempts, jitter):
    now = rules.wait_seconds(attempts=attempts, jitter=jitter)
    assert rules.wait_seconds(attempts=attempts + 1, jitter=jitter) >= now


@given(minutes=st.integers(1, 10_000), offset=st.integers(0, 10_000_000))
def test_moments_one_period_apart_are_consecutive_runs(minutes, offset):
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=offset)
    first = rules.slot_of(at=at, minutes=minutes)
    assert rules.slot_of(at=at + timedelta(minutes=minutes), minutes=minutes) == first + 1
