import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.reviews import rules
from yiwang.capability.reviews.definitions import LEVELS, TAGS, RectificationState


@pytest.mark.parametrize(("level", "bad"), [(1, False), (3, False), (4, True), (5, True)])
def test_the_two_lowest_levels_are_bad(level, bad):
    assert rules.is_bad(level) is bad


def test_a_level_outside_the_five_a_strange_tag_and_a_long_text_are_named():
    found = rules.problems(6, ["efficiency", "colour"], "很" * 501)
    assert [field for field, _ in found] == ["level", "tags", "text"]


@given(
    st.sampled_from(sorted(LEVELS)), st.sets(st.sampled_from(sorted(TAGS))), st.text(max_size=500)
)
def test_whatever_the_form_offers_can_be_given(level, tags, text):
    assert rules.problems(level, tags, text) == ()


def test_a_closed_follow_up_takes_no_further_step():
    for end in (RectificationState.CLOSED, RectificationState.NOT_COUNTED):
        assert not any(rules.may(act, end) for act in rules.STEPS)


def test_rates_count_only_reviews_people_gave():
    found = rules.rates(handled=200, active=50, good=48, bad=2, rectified=2, rectified_in_time=1)
    assert found.active_rate == 0.25
    assert found.good_rate == 0.96
    assert found.rectified_rate == 1
    assert found.in_time_rate == 0.5


def test_a_rate_over_nothing_is_unknown_not_a_hundred_percent():
    found = rules.rates(handled=0, active=0, good=0, bad=0, rectified=0, rectified_in_time=0)
    assert (found.active_rate, found.good_rate, found.rectified_rate) == (None, None, None)
