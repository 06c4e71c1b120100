import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.support.assistant.rules import grams, meaning, ranking
from yiwang.support.assistant.rules.ranking import Candidate

SYNONYMS = meaning.read_synonyms("# x\n身份证\t居民身份证\n!丢了 丢\t挂失 补领\n")


@pytest.mark.parametrize(
    ("letters", "read", "left"),
    [
        ("gaolingjintie", ("gao", "ling", "jin", "tie"), ""),
        ("gaolingjint", ("gao", "ling", "jin"), "t"),
        ("jiehun", ("jie", "hun"), ""),
        ("bcd", (), "bcd"),
    ],
)
def test_typed_pinyin_is_cut_into_syllables(letters: str, read: tuple, left: str) -> None:
    assert grams.split_pinyin(letters) == (read, left)


def test_sounds_often_mixed_up_are_one_sound() -> None:
    assert grams.fold("zhang") == grams.fold("zan")
    assert grams.syllables("社保卡") == ("se", "bao", "ka")


def test_filler_goes_and_the_wish_stays() -> None:
    assert meaning.without_filler("我想开小卖部怎么办") == "开小卖部"
    assert meaning.without_filler("网吧") == "网吧"
    assert meaning.without_filler("怎么办") == "怎么办"


def test_everyday_words_become_official_ones_together() -> None:
    said = {w.text for w in meaning.understand("身份证丢了", SYNONYMS).wordings}
    assert "居民身份证挂失" in said
    assert "居民身份证补领" in said
    assert "挂失" not in said  # an act alone names no service


def test_a_homophone_slip_still_finds_the_name() -> None:
    question = meaning.understand("高令津贴", ())
    right = Candidate("a", "高龄津贴", (), 0)
    wrong = Candidate("b", "病残津贴", (), 0)
    ranked = ranking.rank(question, [wrong, right], lambda _: 1.0)
    assert ranked[0][1] is right


def test_without_a_word_of_changing_the_new_permit_comes_first() -> None:
    names = ["取水许可证注销", "取水许可证延续审批", "取水许可证新办审批"]
    ranked = ranking.rank(
        meaning.understand("取水许可证", ()),
        [Candidate(n, n, (), 0) for n in names],
        lambda _: 1.0,
    )
    assert ranked[0][1].name == "取水许可证新办审批"
    ended = ranking.rank(
        meaning.understand("取水许可证注销", ()),
        [Candidate(n, n, (), 0) for n in names],
        lambda _: 1.0,
    )
    assert ended[0][1].name == "取水许可证注销"


@given(st.text(max_size=80))
def test_any_text_can_be_understood_and_ranked(text: str) -> None:
    question = meaning.understand(text, SYNONYMS)
    ranked = ranking.rank(
        question, [Candidate("a", "居民身份证办理", ("身份证",), 1)], lambda _: 1.0
    )
    assert len(ranked) == 1
    assert 0 <= ranked[0][0] < 3


@given(st.text(alphabet="高龄津贴申领老人", min_size=1, max_size=20), st.text(max_size=10))
def test_highlighting_loses_no_character(name: str, text: str) -> None:
    pieces = ranking.highlight(name, meaning.understand(text, ()))
    assert "".join(piece for piece, _ in pieces) == name
