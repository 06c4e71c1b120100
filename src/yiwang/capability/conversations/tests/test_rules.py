"""Whose turn it is."""

from __future__ import annotations

import pytest

from yiwang.capability.conversations import rules


@pytest.mark.parametrize(
    ("side", "asks", "before", "after"),
    [
        ("APPLICANT", False, "NOBODY", "OFFICE"),
        ("APPLICANT", False, "APPLICANT", "OFFICE"),
        ("OFFICE", True, "OFFICE", "APPLICANT"),
        ("OFFICE", True, "NOBODY", "APPLICANT"),
        ("OFFICE", False, "OFFICE", "NOBODY"),
        ("OFFICE", False, "NOBODY", "NOBODY"),
        ("OFFICE", False, "APPLICANT", "APPLICANT"),
    ],
)
def test_the_applicant_always_expects_an_answer_the_office_when_it_asks(side, asks, before, after):
    assert rules.turn_after(side, asks=asks, before=before) == after


@pytest.mark.parametrize(
    ("turn", "reader", "said"),
    [
        ("OFFICE", "OFFICE", "等您回复"),
        ("OFFICE", "APPLICANT", "等承办人回复"),
        ("APPLICANT", "APPLICANT", "等您回复"),
        ("APPLICANT", "OFFICE", "等申请人回复"),
        ("NOBODY", "OFFICE", "现在没有等谁回复"),
    ],
)
def test_both_read_the_same_turn_in_their_own_words(turn, reader, said):
    assert rules.turn_label(turn, reader=reader) == said


@pytest.mark.parametrize(
    ("text", "files", "in_a_row", "wrong"),
    [
        ("好", 0, 0, []),
        ("好", 5, 9, []),
        ("", 0, 0, ["text"]),
        ("长" * 1001, 0, 0, ["text"]),
        ("好", 6, 0, ["files"]),
        ("好", 0, 10, ["text"]),
    ],
)
def test_nothing_too_much_and_too_often_are_refused(text, files, in_a_row, wrong):
    assert [field for field, _s in rules.problems(text, files, in_a_row)] == wrong
