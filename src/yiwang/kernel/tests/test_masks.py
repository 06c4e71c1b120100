import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel import masks

digits = st.text("0123456789", max_size=22)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("欧阳修远", "欧阳**"), ("马晓燕", "马**"), ("王", "王*"), ("", "")],
)
def test_a_name_keeps_its_surname_only(name, masked):
    assert masks.mask_name(name) == masked


def test_known_numbers_are_masked_as_the_defaults_say():
    assert masks.mask_citizen_id("11010519491231002X") == "110105********002X"
    assert masks.mask_phone("13919000001") == "139****0001"
    assert masks.mask_account("6222021234567890123") == "****0123"


@given(st.text("0123456789X", min_size=15, max_size=18))
def test_a_masked_citizen_id_hides_the_birth_date(number):
    masked = masks.mask_citizen_id(number)
    assert len(masked) == len(number)
    assert set(masked[6:-4]) == {"*"}


@given(digits)
def test_no_mask_shows_a_whole_number(number):
    for mask in (masks.mask_citizen_id, masks.mask_phone, masks.mask_account):
        assert not number or mask(number) != number


@given(st.text("马王李欧阳司晓燕建国", min_size=2, max_size=20))
def test_a_masked_name_never_shows_the_given_name(name):
    masked = masks.mask_name(name)
    assert masked.endswith("*")
    assert len(masked.rstrip("*")) <= 2
