"""Who is named on a form, and what follows from what a register says about them. No database."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.intake import rules
from yiwang.capability.intake.definitions import (
    LookedUp,
    Prefilled,
    Said,
    named_key,
    parse_form,
)
from yiwang.capability.intake.sample import good_answers, sample_document
from yiwang.kernel.identifiers import make_uscc

ON = date(2026, 12, 14)
AT = datetime(2026, 12, 14, 4, tzinfo=UTC)
NUMBER = "11010519491231002X"
PERSON = {"name": "马晓东", "citizen_id": NUMBER}
FIRM = {"name": "示例公司", "uscc": make_uscc("9", "1", "620102", 7)}


def document(**notes: Any) -> dict[str, Any]:
    """The sample form; its family members are persons of the register too."""
    found = copy.deepcopy(sample_document())
    found["properties"]["relative"] |= notes
    rows = found["properties"]["members"]["items"]
    rows["properties"]["who"] = {"type": "object", "title": "本人", "x-kind": "person"}
    return found


FORM = parse_form(document())[0]
ANSWERS = {
    **good_answers(),
    "by_relative": True,
    "relative": PERSON,
    "firm": FIRM,
    "form_kind": "family",
    "members": [{"member_name": "一"}, {"member_name": "二", "who": PERSON}],
}


def places(answers=None, form=FORM, **more) -> list[str]:
    return [one.place for one in rules.list_named(form, answers or ANSWERS, on=ON, **more)]


def problems(said: Said, form=FORM, **changes) -> dict[str, str]:
    def told(key: str) -> LookedUp:
        return LookedUp(said, "人口库", AT)

    found = rules.validate(
        form, {**ANSWERS, **changes}, on=ON, registers=rules.Registers(named=told)
    )
    return {p.field: p.sentence for p in found}


def test_everybody_named_in_full_is_found_in_rows_too():
    assert places() == ["relative", "firm", "members-1-who"]
    assert places(step="person") == ["relative"]


def test_who_is_not_asked_for_or_not_whole_is_not_named():
    assert places({**ANSWERS, "by_relative": False, "form_kind": "single"}) == ["firm"]
    half = {"relative": {"name": "马晓东"}, "firm": {**FIRM, "uscc": FIRM["uscc"][:-1] + "0"}}
    assert places({**ANSWERS, **half}) == ["members-1-who"]
    future = {**PERSON, "citizen_id": "11010520991231002X"}
    assert places({**ANSWERS, "relative": future}) == ["firm", "members-1-who"]


def test_what_a_source_filled_in_is_from_a_register_already():
    fact = Prefilled(PERSON, "人口库", AT)
    assert "relative" not in places(prefilled={"relative": fact})
    other = Prefilled({**PERSON, "name": "马小东"}, "人口库", AT)
    assert "relative" in places(prefilled={"relative": other})


def test_a_confirmed_name_is_no_problem_and_neither_is_one_not_looked_up():
    assert problems(Said.AGREES) == {}
    assert rules.validate(FORM, ANSWERS, on=ON) == ()


def test_a_name_that_differs_is_a_problem_wherever_it_stands():
    found = problems(Said.DIFFERS)
    assert set(found) == {"relative", "firm", "members-1-who"}
    assert found["relative"] == "代办人的姓名和身份证号对不上。"
    assert found["firm"] == "供货单位的名称和统一社会信用代码对不上。"
    assert found["members-1-who"].startswith("第 2 个家里人：")


@pytest.mark.parametrize("said", [Said.NOT_LISTED, Said.AWAY, Said.PAUSED])
def test_ones_own_word_will_do_unless_the_form_says_otherwise(said):
    assert problems(said) == {}
    strict = parse_form(document(**{"x-own-statement": False}))[0]
    assert list(problems(said, form=strict)) == ["relative"]


def test_a_wrong_number_is_said_before_any_register_is_named():
    found = problems(Said.DIFFERS, relative={**PERSON, "citizen_id": NUMBER[:-1] + "1"})
    assert found["relative-citizen_id"] == "身份证号有一位不对。"


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_the_note_takes_true_or_false(value):
    _, found = parse_form(document(**{"x-own-statement": value}))
    assert [p.path for p in found] == ["properties/relative/x-own-statement"]


def test_the_note_belongs_to_persons_and_firms():
    bad = document()
    bad["properties"]["phone"]["x-own-statement"] = True
    assert [p.path for p in parse_form(bad)[1]] == ["properties/phone/x-own-statement"]


def test_what_was_learnt_stays_and_what_was_denied_is_asked_again_after_a_day():
    def again(said: Said, **later: int) -> bool:
        told = LookedUp(said, "人口库", AT)
        return told.is_to_be_asked_again(AT + timedelta(**later))

    assert not again(Said.AGREES, days=20)
    assert again(Said.AWAY, minutes=0)
    assert again(Said.PAUSED, minutes=0)
    assert (again(Said.DIFFERS, hours=23), again(Said.DIFFERS, hours=25)) == (False, True)


def test_what_was_said_goes_to_whoever_decides_in_words():
    told = {
        named_key(FORM.find_field("relative").kind, "马晓东", NUMBER): LookedUp(
            Said.AGREES, "人口库", AT
        ),
        named_key(FORM.find_field("firm").kind, FIRM["name"], FIRM["uscc"]): LookedUp(
            Said.AGREES, "法人库", AT, "已注销"
        ),
    }
    rows = rules.answer_rows(FORM, ANSWERS, prefilled={}, names={}, looked_up=told)
    checked = {row.field: row.checked for row in rows if row.checked}
    assert checked == {
        "relative": "已和人口库核对，一致",
        "firm": "已和法人库核对，已注销",
        "members": "第 2 个家里人：已和人口库核对，一致",
    }
    silent = {key: replace(one, said=Said.AWAY) for key, one in told.items()}
    rows = rules.answer_rows(FORM, ANSWERS, prefilled={}, names={}, looked_up=silent)
    assert {row.checked for row in rows if row.checked} == {
        "没能核对，以本人所填为准",
        "第 2 个家里人：没能核对，以本人所填为准",
    }


@pytest.mark.parametrize(
    "place", ["", "nobody", "relative-0", "members", "members-0", "members-0-x", "members-x-who",
              "members-٣-who", "members-100-who", "members-0-who-1", "relative-0-name"]
)  # fmt: skip
def test_a_place_that_is_not_on_the_form_names_nobody(place):
    assert rules.find_named(FORM, place, PERSON, on=ON) is None


def test_a_place_in_a_row_names_whoever_was_typed_there():
    found = rules.find_named(FORM, "members-7-who", PERSON, on=ON)
    assert found is not None
    assert (found.place, found.answer) == ("members-7-who", PERSON)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["relative", "firm", "members"]), anything))
def test_finding_who_is_named_survives_whatever_a_draft_holds(answers):
    given_ = {**ANSWERS, **answers}
    assert set(places(given_)) <= {"relative", "firm", "members-1-who"}
    rules.answer_rows(FORM, given_, prefilled={}, names={}, looked_up={})
