"""When two ways of typing a name are the same name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.libraries.rules import same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("马晓燕", " 马 晓燕 "),
        ("买买提·吐尔逊", "买买提•吐尔逊"),
        ("买买提·吐尔逊", "买买提．吐尔逊"),
        ("城关区面馆（示例）", "城关区面馆(示例)"),
        ("ABC贸易有限公司", "ａｂｃ贸易有限公司"),
    ],
)
def test_width_blanks_case_and_dots_do_not_make_another_name(one, other):
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("马晓燕", "马小燕"), ("马晓燕", "马晓"), ("", ""), ("马晓燕", "马·晓燕")]
)
def test_another_character_is_another_name_and_nothing_is_no_name(one, other):
    assert not same_name(one, other)


@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_it_is_the_same_both_ways_round(one, other):
    assert same_name(one, other) == same_name(other, one) or not (one.strip() and other.strip())
