from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel import moments
from yiwang.support.licences import rules
from yiwang.support.licences.definitions import LicenceState
from yiwang.support.licences.definitions.template_file import parse_template
from yiwang.support.licences.sample import TEMPLATE


def parse(**changes):
    return parse_template(TEMPLATE | changes)


def test_a_good_template_reads_without_problems():
    template, problems = parse()
    assert problems == ()
    assert template.face.rows == ("name", "operator")
    assert template.field("citizen_id").public is False


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "缺少 name"),
        ({"type_code": "123"}, "type_code"),
        ({"code": "Big Letters"}, "code"),
        ({"fields": [{"key": "a", "label": "甲"}, {"key": "a", "label": "乙"}]}, "重复"),
        ({"fields": [{"key": "a", "label": "甲", "grade": 3, "public": True}]}, "不能公开"),
        ({"fields": [{"key": "a", "label": "甲", "mask": "ROT13"}]}, "mask"),
        ({"face": {"rows": ["nothing"]}}, "不存在的字段"),
    ],
)
def test_a_broken_template_says_what_is_wrong(changes, said):
    template, problems = parse(**changes)
    assert template is None
    assert any(said in problem for problem in problems)


def test_strangers_see_masked_values_and_never_level_three():
    template, _ = parse()
    values = {"name": "小吃店", "operator": "欧阳晓燕", "citizen_id": "620102194601010026"}
    assert rules.public_rows(template, values) == (("名称", "小吃店"), ("经营者", "欧阳**"))


@pytest.mark.parametrize(
    ("stored", "until", "seen"),
    [
        ("VALID", None, "VALID"),
        ("VALID", date(2026, 12, 9), "VALID"),
        ("VALID", date(2026, 12, 8), "EXPIRED"),
        ("REVOKED", date(2026, 12, 1), "REVOKED"),
        ("SUSPENDED", date(2026, 12, 1), "SUSPENDED"),
    ],
)
def test_the_last_day_is_the_day_before_the_exclusive_end(stored, until, seen):
    today = date(2026, 12, 8)
    assert rules.state_on(stored, today, valid_from=date(2026, 1, 1), valid_until=until) == seen


@pytest.mark.parametrize(
    ("stored", "first", "succeeded", "seen"),
    [
        ("VALID", date(2026, 12, 8), None, "VALID"),
        ("VALID", date(2026, 12, 9), None, "NOT_YET"),
        ("REVOKED", date(2026, 12, 9), None, "REVOKED"),
        ("VALID", date(2026, 1, 1), date(2026, 12, 9), "VALID"),
        ("VALID", date(2026, 1, 1), date(2026, 12, 8), "SUPERSEDED"),
    ],
)
def test_no_version_holds_before_its_first_day_nor_after_that_of_its_successor(
    stored, first, succeeded, seen
):
    today, end = date(2026, 12, 8), date(2026, 12, 31)
    assert seen == rules.state_on(
        stored, today, valid_from=first, valid_until=end, succeeded_on=succeeded
    )


def test_a_revoked_licence_never_comes_back():
    assert not any(rules.may_change(act, "REVOKED") for act in rules.CHANGES)


def test_a_replaced_or_cancelled_licence_only_comes_back_when_that_was_taken_back():
    for end in ("CANCELLED", "SUPERSEDED"):
        assert [act for act in rules.CHANGES if rules.may_change(act, end)] == ["restore"]


def test_every_state_has_a_sentence():
    assert all(rules.sentence(state) for state in LicenceState)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(0, 240))
def test_months_are_added_without_leaving_the_wanted_month(start, months):
    end = moments.add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day >= 28 and end.day < start.day)


@pytest.mark.parametrize(
    ("field", "public"),
    [
        ({}, True),
        ({"grade": 2}, False),
        ({"grade": 2, "mask": "NAME"}, True),
        ({"grade": 2, "public": True}, True),
        ({"grade": 3, "mask": "NAME"}, False),
        ({"grade": 1, "public": False}, False),
    ],
)
def test_personal_fields_are_public_only_behind_a_mask_unless_the_pack_says_so(field, public):
    template, problems = parse(fields=[{"key": "a", "label": "甲"} | field], face={"title": "x"})
    assert problems == ()
    assert template.field("a").public is public


def test_a_day_on_the_face_is_written_as_people_write_it():
    template, _ = parse()
    rows = rules.face_rows(template, {"name": "2026-01-09", "operator": "2026-1"})
    assert rows == (("名称", "2026年1月9日"), ("经营者", "2026-1"))
