from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.support.letters import rules
from yiwang.support.letters.definitions import LetterKind
from yiwang.support.letters.definitions.wording import NEWEST, TEMPLATES

FULL = {name: name.upper() for w in NEWEST.values() for name in rules.names_of(w)}


def face(code, **values):
    wording = NEWEST[code]
    given_values = {n: FULL[n] for n in rules.names_of(wording)} | values
    return rules.compose(
        wording,
        given_values,
        dated=date(2026, 12, 8),
        mark="示例—未加盖印章",
        verify_code="k" * 16,
        verify_address="http://x/v/k",
    )


def test_every_kind_of_letter_has_a_wording():
    assert {w.kind for w in NEWEST.values()} == set(LetterKind)


@pytest.mark.parametrize("code", sorted(NEWEST))
def test_a_filled_letter_leaves_no_empty_place(code):
    composed = face(code)
    everything = "".join(composed.paragraphs + composed.closing) + str(composed.rows)
    assert "{" not in everything
    assert composed.dated == "2026年12月8日"


@pytest.mark.parametrize("code", ["rejection", "refusal-of-acceptance", "refusal-of-registration"])
def test_a_negative_letter_tells_both_ways_of_appeal_with_their_terms(code):
    words = "".join(face(code).paragraphs)
    assert "《中华人民共和国行政复议法》第二十条" in words
    assert "六十日内" in words
    assert "《中华人民共和国行政诉讼法》第四十六条" in words
    assert "六个月内" in words
    assert "REASON" in words


def test_a_negative_letter_cannot_be_written_without_a_reason_or_a_review_body():
    values = dict.fromkeys(rules.names_of(NEWEST["rejection"]), "x")
    assert rules.problems(NEWEST["rejection"], values) == ()
    assert rules.problems(NEWEST["rejection"], values | {"reason": " "}) == ("-reason",)
    del values["review_body"]
    assert rules.problems(NEWEST["rejection"], values) == ("-review_body",)


def test_a_name_that_is_not_on_the_list_is_refused():
    values = dict.fromkeys(rules.names_of(NEWEST["acceptance"]), "x") | {"password": "x"}
    assert rules.problems(NEWEST["acceptance"], values) == ("+password",)


def test_a_paragraph_without_its_value_is_left_out_not_printed_empty():
    words = face("approval", conditions="", content="").paragraphs
    assert len(words) == 1


@given(st.text(max_size=60))
def test_a_value_is_never_read_as_a_template(value):
    assert rules.fill("理由：{reason}", {"reason": value or "x"}) == "理由：" + (value or "x")


def test_braces_inside_a_value_open_nothing():
    values = {"reason": "{phone}", "phone": "13900000000"}
    assert rules.fill("{reason}", values) == "{phone}"


def test_missing_glyphs_are_named_in_order_and_joiners_need_none():
    assert rules.missing_glyphs("甲乙\u200d\n", {ord("甲")}) == "乙"


def test_versions_stay_readable():
    assert all(TEMPLATES[w.code, w.version] is w for w in NEWEST.values())
