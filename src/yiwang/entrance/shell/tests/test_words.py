"""Dates, money and numbers as a clerk writes them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from yiwang.entrance.shell.templatetags import words


def test_a_day_names_its_weekday():
    assert words.day(date(2026, 12, 18)) == "2026年12月18日（周五）"
    assert words.short_day(date(2026, 12, 18)) == "12月18日（周五）"
    assert words.plain_day(date(2026, 1, 2)) == "2026年1月2日"


def test_a_moment_late_in_the_day_belongs_to_the_chinese_day():
    assert words.moment(datetime(2026, 12, 10, 17, 5, tzinfo=UTC)) == "12月11日（周五）01:05"


def test_english_pages_write_english_dates():
    with translation.override("en"):
        assert words.day(date(2026, 12, 18)) == "18 December 2026 (Fri)"


@pytest.mark.parametrize(("fen", "said"), [(0, "¥0.00"), (128000, "¥1,280.00"), (5, "¥0.05")])
def test_money_is_said_to_the_fen(fen, said):
    assert words.yuan(fen) == said


def test_a_number_is_read_in_fours():
    assert words.spaced("620102202612") == "6201 0220 2612"
    assert words.grouped(61204) == "61,204"


def test_nothing_is_said_of_nothing():
    empty = [f(None) for f in (words.day, words.moment, words.yuan, words.grouped)]
    assert empty == [""] * 4


def test_a_heading_breaks_between_phrases():
    parts = words.phrases("住建局正在审查，最晚 12月18日答复您")
    assert parts == ("住建局正在审查，", "最晚 12月18日答复您")


def test_a_heading_is_never_broken_inside_a_word():
    said = [word.text for word in words.wordwise("80周岁以上老年人高龄津贴申领")]
    assert said[2:4] == ["以上", "老年人"]
    assert words.wordwise("食品经营许可（餐饮）")[-1].text == "（餐饮）"


def test_digits_keep_a_little_distance_from_chinese_words():
    said = {word.text: word.css for word in words.wordwise("最晚11月25日答复")}
    assert said["最晚"] == "ph"
    assert "ph air" in said.values()


def test_nothing_is_lost_between_the_words_of_a_heading():
    for heading in ("Apply for 高龄津贴 now", "", "，", "《道路》，第 3 条"):
        assert "".join(word.text for word in words.wordwise(heading)) == heading
