"""Masks, classes and grades."""

import pytest

from yiwang.foundation.privacy import rules
from yiwang.foundation.privacy.definitions import DataClass, Degree, Harmed, Mask


@pytest.mark.parametrize(
    ("rule", "value", "shown"),
    [
        (Mask.NONE, "916201020000000276", "916201020000000276"),
        (Mask.NAME, "张三丰", "张**"),
        (Mask.NAME, "欧阳锋", "欧阳*"),
        (Mask.CITIZEN_ID, "620102194402290021", "620102********0021"),
        (Mask.PHONE, "13900000001", "139****0001"),
        (Mask.ACCOUNT, "6217000000000000417", "****0417"),
        (Mask.WHOLE, "甲", "****"),
        (Mask.ADDRESS, "甘肃省兰州市城关区静宁路 12 号", "甘肃省兰州市城关区****"),
        (Mask.ADDRESS, "甘肃省兰州市城关区雁滩市场 3 号", "甘肃省兰州市城关区****"),
        (Mask.ADDRESS, "甘肃省酒泉市敦煌市沙州镇 1 号", "甘肃省酒泉市敦煌市****"),
        (
            Mask.ADDRESS,
            "新疆维吾尔自治区乌鲁木齐市天山区 1 号",
            "新疆维吾尔自治区乌鲁木齐市天山区****",
        ),
        (Mask.ADDRESS, "甘肃省兰州市幸福小区 5 号楼", "甘肃省兰州市****"),
        (Mask.ADDRESS, "村东头第三家", "****"),
    ],
)
def test_a_rule_leaves_only_what_it_says(rule, value, shown):
    assert rules.mask(value, rule) == shown


@pytest.mark.parametrize("rule", [*(one for one in Mask if one is not Mask.NONE), "没有这条规则"])
def test_what_is_no_text_and_what_no_rule_knows_is_hidden_whole(rule):
    assert rules.mask({"name": "张三"}, rule) == "****"
    assert rules.mask(620102, rule) == "****"
    assert rules.mask(None, rule) is None
    assert rules.mask("", rule) == ""


def test_an_unknown_rule_hides_text_too():
    assert rules.mask("张三", "SOMETHING") == "****"


def test_a_list_is_masked_one_by_one():
    assert rules.mask(["张三", "李四"], Mask.NAME) == ["张*", "李*"]


@pytest.mark.parametrize(
    ("harms", "found"),
    [
        ([(Harmed.NATION, Degree.SEVERE)], DataClass.CORE),
        ([(Harmed.NATION, Degree.ORDINARY)], DataClass.IMPORTANT),
        ([(Harmed.ORDER, Degree.EXTREME)], DataClass.CORE),
        ([(Harmed.ORDER, Degree.SEVERE)], DataClass.IMPORTANT),
        ([(Harmed.ORDER, Degree.ORDINARY)], DataClass.GENERAL),
        ([(Harmed.RIGHTS, Degree.EXTREME)], DataClass.GENERAL),
        ([(Harmed.RIGHTS, Degree.EXTREME), (Harmed.NATION, Degree.ORDINARY)], DataClass.IMPORTANT),
        ([], DataClass.GENERAL),
    ],
)
def test_the_gravest_harm_decides_the_class(harms, found):
    assert rules.class_of(harms) is found


def test_a_set_is_graded_as_its_highest_item_or_higher():
    assert rules.grade_of([1, 3, 2]) == 3
    assert rules.grade_of([1, 2], stated=4) == 4
    assert rules.grade_of([]) == 1
