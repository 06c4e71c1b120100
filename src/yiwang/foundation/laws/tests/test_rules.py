from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.laws import rules
from yiwang.foundation.laws.rules import Dated


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "一"),
        (10, "十"),
        (16, "十六"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1260, "一千二百六十"),
        (1005, "一千零五"),
    ],
)
def test_numbers_are_written_as_laws_write_them(number: int, said: str) -> None:
    assert rules.chinese_number(number) == said


@pytest.mark.parametrize("said", ["16", "第16条", "第十六条", "十六", "十六条", " 第十六条 "])
def test_an_article_may_be_named_in_several_ways(said: str) -> None:
    assert rules.article_number(said) == "第十六条"


def test_the_short_title_drops_the_state_but_not_the_whole_title() -> None:
    assert rules.short_title("《中华人民共和国行政许可法》") == "行政许可法"
    assert rules.short_title("优化营商环境条例") == "优化营商环境条例"


def test_a_version_ends_when_the_next_begins() -> None:
    old = Dated("a", date(2003, 8, 27), date(2004, 7, 1), "已修改")
    new = Dated("b", date(2019, 4, 23), date(2019, 4, 23), "有效")
    first, second = rules.derive_validity([new, old])
    assert (first.valid_from, first.valid_until) == (date(2004, 7, 1), date(2019, 4, 23))
    assert (second.valid_from, second.valid_until) == (date(2019, 4, 23), None)


def test_a_repealed_last_version_holds_on_no_day_because_its_end_is_unknown() -> None:
    (only,) = rules.derive_validity([Dated("a", date(2009, 8, 27), date(2009, 8, 27), "已废止")])
    assert only.valid_until == only.valid_from
    assert only.uncertain


def test_an_amending_decision_is_never_in_force_as_a_law() -> None:
    (only,) = rules.derive_validity([Dated("a", date(2020, 1, 1), None, "未知")])
    assert only.valid_from is None


@given(
    st.lists(
        st.tuples(
            st.dates(date(1950, 1, 1), date(2030, 1, 1)),
            st.none() | st.dates(date(1950, 1, 1), date(2030, 1, 1)),
            st.sampled_from(["有效", "已修改", "已废止", "尚未生效", "未知"]),
        ),
        max_size=6,
    ),
    st.dates(date(1950, 1, 1), date(2031, 1, 1)),
)
def test_on_any_day_at_most_one_version_holds(versions: list, day: date) -> None:
    dated = [Dated(str(i), *version) for i, version in enumerate(versions)]
    derived = rules.derive_validity(dated)
    assert {one.key for one in derived} == {one.key for one in dated}
    holding = [
        v
        for v in derived
        if v.valid_from and v.valid_from <= day and (v.valid_until is None or day < v.valid_until)
    ]
    assert len(holding) <= 1


def test_a_document_without_a_title_is_refused_with_a_reason() -> None:
    with pytest.raises(rules.BadDocument, match="title"):
        rules.parse_document({"id": "x", "kind": "法律"})
    with pytest.raises(rules.BadDocument, match="不是日期"):
        rules.parse_document(
            {
                "id": "x",
                "title": "某法",
                "kind": "法律",
                "published": "昨天",
                "status": "有效",
                "articles": [],
            }
        )


def test_a_rule_in_markdown_keeps_chapters_and_the_paragraphs_of_an_article() -> None:
    read = rules.parse_markdown(
        "# 某办法\n\n2022年3月1日 某局令第1号公布\n\n<!-- INFO END -->\n\n## 第一章 总则\n\n"
        "第一条 甲。\n\n（一）乙；\n\n第二条 丙。\n"
    )
    assert read.published == date(2022, 3, 1)
    assert [(a.number, a.chapter, a.text) for a in read.articles] == [
        ("第一条", "第一章 总则", "甲。\n（一）乙；"),
        ("第二条", "第一章 总则", "丙。"),
    ]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("《中华人民共和国道路交通安全法》第九条", ["《中华人民共和国道路交通安全法》第九条"]),
        ("道路交通安全法第9条", ["《道路交通安全法》第九条"]),
        (
            "《食品安全法》 第三十五条、第36条",
            ["《食品安全法》第三十五条", "《食品安全法》第三十六条"],
        ),
        (
            "《甲法》第一条、《乙、丙条例》第二条之一",
            ["《甲法》第一条", "《乙、丙条例》第二条之一"],
        ),
        (
            "甲法 第一条\n\n 乙条例第一百零一条；甲法第一条",
            ["《甲法》第一条", "《乙条例》第一百零一条"],
        ),
        ("《关于第三条适用的规定》第五条。", ["《关于第三条适用的规定》第五条"]),
    ],
)
def test_typed_citations_are_recognised(said: str, found: list[str]) -> None:
    articles, unread = rules.read_citations(said)
    assert [str(one) for one in articles] == found
    assert unread == ()


@pytest.mark.parametrize(
    "said", ["三定规定", "《道路交通安全法》", "第九条", "《甲法》第一条第二款", "《甲法》第九"]
)
def test_what_is_no_citation_is_handed_back(said: str) -> None:
    assert rules.read_citations(f"《乙法》第一条\n{said}") == (
        rules.read_citations("《乙法》第一条")[0],
        (said,),
    )


@given(st.text(alphabet="《》第条一十9甲法、；\n之 ", max_size=60))
def test_nothing_typed_is_lost_without_a_word(said: str) -> None:
    articles, unread = rules.read_citations(said)
    assert bool(articles or unread) is bool(said.strip("；\n 　"))
