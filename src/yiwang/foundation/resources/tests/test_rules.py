"""What may stand in the catalogue, and what was meant by what was written."""

from dataclasses import replace

import pytest

from yiwang.foundation.privacy.definitions import DataClass, Mask
from yiwang.foundation.resources import rules, sample
from yiwang.foundation.resources.definitions import Content, Cycle, Kind, Opening, Sharing, Way
from yiwang.foundation.standards import queries as standards

KNOWN = set(standards._shipped())


def wrong(content):
    return [problem.field for problem in rules.problems(content, elements=KNOWN)]


def test_the_shipped_resources_may_all_stand_in_the_catalogue():
    for content in sample.contents():
        assert wrong(content) == [], content.code


def test_a_content_survives_being_written_down():
    for content in sample.contents():
        assert Content.of(content.as_data()) == content


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "1/1"}, "code"),
        ({"code": "401001/000001"}, "code"),
        ({"code": "201001/000001"}, "code"),
        ({"kind": Kind.THEME}, "code"),
        ({"provider": "11620102000000019A"}, "provider"),
        ({"name": " "}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"summary": "a\x00b"}, "summary"),
        ({"sharing": Sharing.NONE, "condition": ""}, "basis_law"),
        ({"sharing": Sharing.NONE, "basis_law": "民法典"}, "basis_law"),
        ({"basis_law": "民法典", "basis_article": "第一条"}, "basis_law"),
        ({"condition": ""}, "condition"),
        ({"sharing": Sharing.UNCONDITIONAL}, "condition"),
        ({"ways": ()}, "ways"),
        ({"opening": Opening.CONDITIONAL}, "opening_condition"),
        ({"opening": Opening.UNCONDITIONAL}, "opening"),
        ({"items": ()}, "items"),
        ({"grade": 2}, "grade"),
        ({"grade": 9}, "grade"),
        ({"related": ("x",)}, "related"),
        ({"data_class": DataClass.CORE}, "items"),
        ({"data_class": DataClass.IMPORTANT, "items": (), "ways": ()}, "sharing"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes, field):
    assert field in wrong(sample.content(**changes))


def test_core_data_are_only_named():
    entry = sample.content(
        data_class=DataClass.CORE,
        items=(),
        ways=(),
        condition="",
        sharing=Sharing.NONE,
        basis_law="数据安全法",
        basis_article="第二十一条",
    )
    assert wrong(entry) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "1st"},
        {"label": ""},
        {"length": 0},
        {"grade": 5},
        {"element": "no.such"},
        {"element": "", "authoritative": True},
        {"mask": Mask.NONE},
    ],
)
def test_an_item_that_is_wrong_is_named(changes):
    content = sample.content()
    first = replace(content.items[0], **changes)
    found = wrong(replace(content, items=(first, *content.items[1:])))
    assert f"items.{first.name}" in found


def test_one_column_and_one_source_stand_once_in_a_resource():
    content = sample.content()
    twice = replace(content, items=(*content.items, content.items[0]))
    assert wrong(twice) == ["items.name", "items.name"]


def test_words_and_codes_both_mean_the_same():
    said = {
        "code": "301001/000009",
        "name": " 示例 ",
        "kind": "部门信息资源",
        "provider": "11620102000000019b",
        "sharing": "有条件共享",
        "condition": "核对",
        "ways": "接口调用、QUERY",
        "cycle": "每月",
        "items": [
            {"name": "a", "label": "甲", "kind": "日期型", "length": "10", "grade": "3",
             "mask": "全部遮住", "authoritative": "是", "element": "person.born_on"}
        ],
    }  # fmt: skip
    content, problems = rules.read_content(said)
    assert problems == ()
    assert content.sharing is Sharing.CONDITIONAL
    assert content.ways == (Way.CALL, Way.QUERY)
    assert content.cycle is Cycle.MONTHLY
    assert content.provider == "11620102000000019B"
    assert content.grade == 3
    assert content.items[0].authoritative


def test_a_word_of_no_list_is_named():
    said = {"sharing": "随便共享", "items": [{"name": "a", "grade": "高", "authoritative": "也许"}]}
    _content, problems = rules.read_content(said)
    assert [problem.field for problem in problems] == [
        "sharing",
        "items.a.grade",
        "items.a.authoritative",
    ]


def test_pairs_of_characters_hold_a_part_of_a_name():
    pairs = rules.pairs_of("人口基础信息", "公安分局")
    assert set(rules.pairs_of("基础")) <= set(pairs)
    assert set(rules.pairs_of("公安 分局")) <= set(pairs)
    assert not set(rules.pairs_of("息公")) <= set(pairs)
    assert rules.wanted_in("口") == ["口"]
    assert rules.wanted_in("基 础") == ["基础"]
    assert set(rules.wanted_in("口")) <= set(pairs)
