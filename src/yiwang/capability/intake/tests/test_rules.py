"""Good and bad answers of every kind, in the words a person reads."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.intake import rules
from yiwang.capability.intake.definitions import parse_form
from yiwang.capability.intake.sample import good_answers, sample_document

ON = date(2026, 12, 14)
FORM = parse_form(sample_document())[0]


def problems(**changes) -> dict[str, str]:
    answers = {**good_answers(), **changes}
    found = rules.validate(FORM, answers, on=ON)
    return {p.field: p.sentence + p.remedy for p in found}


def test_good_answers_have_no_problem():
    assert problems() == {}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "姓名还没有填。请填好再继续。"),
        ("name", "马" * 61, "姓名太长了。请写在 60 个字以内。"),
        ("name", "马\x00晓燕", "姓名里有看不见的字符。请删掉后重新填写。"),
        ("name", "马\ud800", "姓名里有看不见的字符。请删掉后重新填写。"),
        ("name", "马\x1b[31m", "姓名里有看不见的字符。请删掉后重新填写。"),
        ("name", 7, "姓名的内容无法识别。请重新填写。"),
        ("citizen_id", "11010519491231002", "身份证号少一位。请对照证件重填。"),
        ("citizen_id", "1101051949123100", "身份证号少两位。请对照证件重填。"),
        ("citizen_id", "11010519491231002X1", "身份证号多一位。请对照证件重填。"),
        ("citizen_id", "110105194912310021", "身份证号有一位不对。请对照证件重填。"),
        ("citizen_id", "110105194913310020", "身份证号第 7 到 14 位不是一个出生日期。请对照证件重填。"),
        ("citizen_id", "11010519491231００", "身份证号少两位。请对照证件重填。"),
        ("citizen_id", "1101051949123100２X", "身份证号里有不该有的字。只填 17 位数字和最后一位数字或 X。"),
        ("phone", "1390000041", "手机号少一位。请对照手机重填。"),
        ("phone", "139000004177", "手机号多一位。请对照手机重填。"),
        ("phone", "12900000417", "手机号不像一个能打通的号码。手机填 11 位；座机先填区号。"),
        ("phone", "call me", "手机号里有不该有的字。请只填数字。"),
        ("born_on", "2026-02-30", "出生日期不是一个有的日子。请按年、月、日填，例如 2026年12月18日。"),
        ("born_on", "2026-12-15", "出生日期太晚。请改成 2026年12月14日或以前。"),
        ("by_relative", "maybe", "“是家里人替老人办吗？”的内容无法识别。请重新填写。"),
        ("area", "large", "面积要填数字。请只填数字，例如 10.5。"),
        ("area", 0.5, "面积太小。请填 1 或更大的数。"),
        ("area", 501, "面积太大。请填 500 或更小的数。"),
        ("opens_on", "2026-12-13", "开业日期太早。请改成 2026年12月14日或以后。"),
        ("form_kind", "clan", "谁来经营没有选对。请从列出的里面选。"),
        ("form_kind", None, "谁来经营还没有选。请选好再继续。"),
        ("goods", ["tea", "tea"], "卖什么里有重复的。请去掉重复的一个。"),
        ("place", "620000000000", "店在哪里还没有选到县（区）。请接着往下选。"),
        ("place", "330302000000", "店在哪里不在本事项办理的范围里。请从列表里选。"),
        ("place", "6201", "店在哪里没有选对。请从列表里选。"),
        ("account", "6222020000000000001", "卡号有一位不对。请对照卡面重填。"),
        ("account", "622202", "卡号应当是 15 到 19 位，现在是 6 位。请对照卡面重填。"),
        ("trade", "咖啡", "行业没有选对。请输入几个字查找，再从结果里选。"),
        ("proof", ["a", "b", "c"], "房屋使用证明太多。最多 2 个，请去掉一些。"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_told_what_and_how(field, value, sentence):
    assert problems(**{field: value}) == {field: sentence}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "阿卜杜拉·买买提"),
        ("name", "བསྟན་འཛིན་རྒྱ་མཚོ"),
        ("name", "ئابدۇللا"),
        ("name", "𠮷野㐂"),
        ("name", "O’Brien-Müller"),
        ("citizen_id", "110105 19491231 002x"),
        ("phone", "139 0000 0417"),
        ("phone", "+86 13900000417"),
        ("phone", "0931-8800000"),
        ("phone", "8800000"),
        ("born_on", "1949年12月31日"),
        ("born_on", "2024-02-29"),
        ("area", "１２．５"),
        ("area", "500"),
        ("account", "6222 0200 0000 0000 000"),
        ("goods", ["food", "tea"]),
        ("trade", "0111"),
        ("address", "静宁路 1 号\n二楼"),
    ],
)
def test_a_good_answer_passes(field, value):
    assert problems(**{field: value}) == {}


def test_parts_of_a_person_and_rows_of_a_group_are_told_apart():
    found = problems(
        by_relative=True,
        relative={"name": "马晓东", "citizen_id": "11010519491231002"},
        form_kind="family",
        members=[{"member_name": "一"}, {"member_phone": "139"}],
        firm={"name": "示例供货", "uscc": "91620102MA00000000"},
    )
    assert found == {
        "relative-citizen_id": "身份证号少一位。请对照证件重填。",
        "firm-uscc": "统一社会信用代码有一位不对。请对照营业执照重填。",
        "members-1-member_name": "第 2 个家里人的姓名还没有填。请填好再继续。",
        "members-1-member_phone": "第 2 个家里人：手机少八位。请对照手机重填。",
    }


def test_a_conditional_question_is_required_only_while_it_is_asked():
    assert "relative" in problems(by_relative=True)
    assert "relative" not in problems(by_relative=False)
    assert "other_goods" in problems(goods=["tea", "other"])
    assert problems(goods=["tea"], other_goods="") == {}


def test_a_hidden_answer_is_not_judged_and_not_handed_in():
    wrong = {"name": "x", "citizen_id": "1"}
    assert problems(by_relative=False, relative=wrong) == {}
    shown = rules.visible_answers(FORM, {**good_answers(), "relative": wrong})
    assert "relative" not in shown
    assert shown["name"] == "马晓燕"


def test_a_date_may_be_limited_by_another_answer():
    found = problems(opens_on="2026-12-20", closes_on="2026-12-19")
    assert found == {"closes_on": "停业日期太早。请改成 2026年12月20日或以后。"}


def test_only_the_asked_step_is_judged():
    found = rules.validate(FORM, {}, on=ON, step="money")
    assert [p.field for p in found] == ["account"]


def test_names_are_normalised_and_never_stripped():
    decomposed = unicodedata.normalize("NFD", "Müller·བོད་ཡིག")
    kept, found = rules.clean(FORM.fields, {"name": decomposed})
    assert found == ()
    assert kept["name"] == unicodedata.normalize("NFC", decomposed)


def test_codes_are_compared_with_the_registers_when_there_are_some():
    registers = rules.Registers(division=lambda code: False, industry=lambda code: False)
    answers = {**good_answers(), "trade": "9999"}
    found = rules.validate(FORM, answers, on=ON, registers=registers)
    assert [p.field for p in found] == ["trade", "place"] or [p.field for p in found] == [
        "place",
        "trade",
    ]


@given(st.text())
def test_whatever_is_kept_is_kept_whole(text):
    kept, found = rules.clean(FORM.fields, {"name": text})
    if not found:
        tidy = " ".join(unicodedata.normalize("NFC", text).split())
        assert kept.get("name", "") == tidy


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "citizen_id", "uscc", "member_name", "member_phone", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)
surrogates = st.text(st.characters(categories=["Cs", "Cc", "Nd", "Lo"]), max_size=20)


@given(
    st.dictionaries(
        st.sampled_from([f.key for f in FORM.fields]) | st.text(max_size=5),
        json_values | surrogates,
        max_size=8,
    )
)
def test_validate_never_crashes_and_always_speaks(answers):
    found = rules.validate(FORM, answers, on=ON)
    for problem in found:
        assert problem.field or "" in answers
        assert problem.sentence.endswith("。")
        assert problem.sentence.encode()
    names = [p.field for p in found]
    assert len(names) == len(set(names))


@given(st.dictionaries(st.sampled_from([f.key for f in FORM.fields]), json_values, max_size=6))
def test_cleaning_twice_is_cleaning_once(answers):
    once, found = rules.clean(FORM.fields, answers)
    if not found:
        assert rules.clean(FORM.fields, once) == (once, ())


changes = st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 3), max_size=3)


@given(changes, changes)
def test_two_devices_never_lose_a_value(first, second):
    start = {"a": 1, "b": 2}
    one = rules.merge(kept=start, changed_at={}, version=1, seen_version=1, changes=first)
    two = rules.merge(
        kept=one.answers, changed_at=one.changed_at, version=2, seen_version=1, changes=second
    )
    for key, value in first.items():
        assert two.answers.get(key) == value or start.get(key) == value
    for key, value in second.items():
        assert two.answers.get(key) == value or two.conflicts[key] == value


def test_the_same_change_twice_changes_nothing():
    one = rules.merge(kept={}, changed_at={}, version=1, seen_version=1, changes={"a": 1})
    again = rules.merge(
        kept=one.answers, changed_at=one.changed_at, version=2, seen_version=1, changes={"a": 1}
    )
    assert not again.changed
    assert again.conflicts == {}


@pytest.mark.parametrize(
    ("change", "kept", "conflicts"),
    [
        (None, "李桂兰", {}),
        ("李桂蓝", "李桂蓝", {}),
    ],
    ids=["an_empty_box", "what_was_typed"],
)
def test_a_page_that_had_not_heard_a_source_does_not_argue_with_it(change, kept, conflicts):
    merged = rules.merge(
        kept={"name": "李桂兰"},
        changed_at={"name": 2},
        version=2,
        seen_version=1,
        changes={"name": change},
        told={"name": "李桂兰"},
    )
    assert (merged.answers["name"], merged.conflicts) == (kept, conflicts)


def test_another_devices_word_is_argued_with_although_a_source_said_something_else():
    merged = rules.merge(
        kept={"name": "李桂蓝"},
        changed_at={"name": 3},
        version=3,
        seen_version=1,
        changes={"name": None},
        told={"name": "李桂兰"},
    )
    assert (merged.answers, merged.conflicts) == ({"name": "李桂蓝"}, {"name": None})


def test_what_a_source_said_and_the_page_showed_can_be_taken_out():
    merged = rules.merge(
        kept={"name": "李桂兰"},
        changed_at={"name": 2},
        version=2,
        seen_version=2,
        changes={"name": None},
        told={"name": "李桂兰"},
    )
    assert (merged.answers, merged.conflicts) == ({}, {})
