import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel import places

codes = st.sampled_from(
    ["620000000000", "620100000000", "620102000000", "620102001000", "620102001001", "330302000000"]
)


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("620000000000", "62"),
        ("621000000000", "6210"),
        ("620102000000", "620102"),
        ("620102100000", "620102100"),
        ("620102001010", "620102001010"),
    ],
)
def test_the_significant_part_ends_at_a_level(code, prefix):
    assert places.significant_prefix(code) == prefix


@given(codes, codes)
def test_being_in_a_subtree_agrees_with_the_prefix(code, root):
    assert places.in_subtree(code, root) == code.startswith(places.significant_prefix(root))


def test_a_neighbour_whose_digits_look_alike_is_not_inside():
    assert not places.in_subtree("621100000000", "621000000000")
    assert places.in_subtree("621021000000", "621000000000")


@pytest.mark.parametrize("code", ["", "62", "62010200000X", "6201020000000", "６２0102000000"])
def test_what_is_no_division_code_is_refused(code):
    with pytest.raises(ValueError):
        places.significant_prefix(code)
