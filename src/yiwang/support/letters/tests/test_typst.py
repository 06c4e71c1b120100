import re
from datetime import UTC, datetime

import pytest

from yiwang.support.letters import actions
from yiwang.support.letters.queries import CannotPrint

AT = datetime(2026, 12, 8, 4, tzinfo=UTC)


def face(**more):
    return {
        "title": "不予决定书",
        "number": "",
        "addressee": "马晓燕",
        "paragraphs": ["第一段"],
        "rows": [["办件编号", "1"]],
        "closing": [],
        "body": "城关区民政局",
        "dated": "2026年12月8日",
        "mark": "示例—未加盖印章",
        "verify_code": "k" * 16,
        "verify_address": "http://localhost/v/" + "k" * 16,
    } | more


def test_a_letter_becomes_a_pdf_and_the_same_letter_the_same_bytes():
    first = actions.print_layout(layout=None, face=face(), at=AT)
    assert first.startswith(b"%PDF-")
    assert actions.print_layout(layout=None, face=face(), at=AT) == first


def test_tibetan_and_arabic_script_names_print():
    assert actions.print_layout(
        layout=None, face=face(addressee="བཀྲ་ཤིས། قازاق تىلى"), at=AT
    ).startswith(b"%PDF-")


def test_a_character_without_a_glyph_refuses_to_print_and_is_named():
    with pytest.raises(CannotPrint) as refusal:
        actions.print_layout(layout=None, face=face(addressee="张𠀀"), at=AT)
    assert "“𠀀”（U+20000）" in refusal.value.sentence


def test_a_missing_glyph_deep_inside_the_rows_is_found_too():
    with pytest.raises(CannotPrint):
        actions.print_layout(layout=None, face=face(rows=[["甲", "\U0001f9ff"]]), at=AT)


@pytest.mark.parametrize("attack", ['#panic("x")', '#read("/etc/passwd")', "$ sum $", "*粗*", "]"])
def test_typst_commands_in_a_value_are_only_characters(attack):
    assert actions.print_layout(
        layout=None, face=face(addressee=attack, paragraphs=[attack]), at=AT
    ).startswith(b"%PDF-")


def test_a_long_letter_runs_over_several_pages():
    short = actions.print_layout(layout=None, face=face(), at=AT)
    long = actions.print_layout(
        layout=None, face=face(paragraphs=["很长的一段话。" * 40] * 12), at=AT
    )
    assert pages_of(short) == 1
    assert pages_of(long) > 2


def pages_of(pdf):
    return int(re.search(rb"/Type/Pages/Count (\d+)", pdf)[1])
