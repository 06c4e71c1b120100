from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as oracle

from yiwang.kernel import identifiers

TODAY = date(2026, 12, 14)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
divisions = st.sampled_from(["620102", "620101", "330302", "440203", "110105", "622901"])
serials = st.integers(0, 99_999_999)
births = st.dates(date(1900, 1, 1), TODAY)


@pytest.mark.parametrize(
    "real",
    [
        "91110108551385082Q",
        "11100000000013338W",
        "11370800MB28559184",
        "11310000MB2F30661Y",
        "11511301008778183N",
    ],
)
def test_real_social_credit_codes_are_valid(real):
    assert identifiers.is_uscc(real)


@given(st.sampled_from(["11", "12", "51", "91", "92", "93"]), divisions, serials)
def test_a_made_social_credit_code_satisfies_the_independent_oracle(kind, division, serial):
    made = identifiers.make_uscc(kind[0], kind[1], division, serial)
    assert identifiers.is_uscc(made)
    assert oracle.is_valid(made)


@given(st.text(_ALPHABET, min_size=18, max_size=18))
def test_no_code_is_valid_here_and_invalid_for_the_oracle(value):
    if identifiers.is_uscc(value) and value[:2].isdigit():  # the oracle knows no letters there
        assert oracle.is_valid(value)


@given(serials, st.integers(0, 17), st.sampled_from(_ALPHABET))
def test_one_wrong_character_is_always_found_in_a_social_credit_code(serial, place, other):
    made = identifiers.make_uscc("9", "1", "620102", serial)
    broken = made[:place] + other + made[place + 1 :]
    assert identifiers.is_uscc(broken) == (broken == made)


@pytest.mark.parametrize("text", ["", "1" * 17, "91110108551385082q", "I" * 18, "９" * 18])
def test_what_has_not_the_form_of_a_social_credit_code_is_refused(text):
    assert not identifiers.is_uscc(text)


def test_the_standards_own_citizen_id_sample_is_valid():
    assert identifiers.is_citizen_id("11010519491231002X", today=TODAY)
    assert identifiers.citizen_id_birth("11010519491231002X") == date(1949, 12, 31)


@given(divisions, births, st.integers(0, 999))
def test_a_made_citizen_id_satisfies_the_independent_oracle(division, born, sequence):
    made = identifiers.make_citizen_id(division, born, sequence)
    assert identifiers.is_citizen_id(made, today=TODAY)
    assert identifiers.citizen_id_birth(made) == born
    assert ric.calc_check_digit(made) == made[17]
    assert ric.get_birth_date(made) == born


@given(births, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_always_found_in_a_citizen_id(born, place, other):
    made = identifiers.make_citizen_id("620102", born, 123)
    broken = made[:place] + other + made[place + 1 :]
    assert identifiers.is_citizen_id(broken, today=TODAY) == (broken == made)


def test_full_width_digits_are_not_digits_of_a_number():
    assert not identifiers.is_citizen_id("１１０１０５19491231002X", today=TODAY)


def test_a_birth_in_the_future_or_on_no_real_day_is_refused():
    tomorrow = identifiers.make_citizen_id("620102", TODAY + timedelta(days=1), 1)
    assert not identifiers.is_citizen_id(tomorrow, today=TODAY)
    first17 = "62010219990230001"
    no_day = first17 + identifiers.citizen_id_check_character(first17)
    assert not identifiers.is_citizen_id(no_day, today=TODAY)


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_a_fifteen_digit_number_is_upgraded_to_the_number_of_the_same_person(born, sequence):
    whole = identifiers.make_citizen_id("620102", born, sequence)
    assert identifiers.upgrade_citizen_id(whole[:6] + whole[8:17]) == whole


@pytest.mark.parametrize("text", ["", "12345678901234", "62010249123100A", "11010519491231002X"])
def test_only_fifteen_digits_are_upgraded(text):
    with pytest.raises(ValueError):
        identifiers.upgrade_citizen_id(text)


@pytest.mark.parametrize(
    "real",
    [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    ],
)
def test_real_licence_identifiers_are_valid(real):
    assert identifiers.is_licence_identifier(real)
    assert not identifiers.is_licence_identifier(real[:-1] + ("0" if real[-1] != "0" else "1"))


@given(st.integers(0, 10**9), st.integers(1, 999))
def test_a_made_licence_identifier_is_valid_and_its_version_counts(serial, version):
    issuer = identifiers.make_uscc("1", "1", "620102", 5)
    made = identifiers.make_licence_identifier(
        "11100000000013338W" + "011", issuer, f"{serial:09d}", version
    )
    assert identifiers.is_licence_identifier(made)
    head, old, check = made.rsplit(".", 2)
    other = old[:2] + str((int(old[2]) + 1) % 10)
    assert not identifiers.is_licence_identifier(f"{head}.{other}.{check}")
