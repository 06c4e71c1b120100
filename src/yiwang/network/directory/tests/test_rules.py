import pytest

from yiwang.network.directory import rules


def test_the_lineage_runs_from_the_place_up_to_its_province():
    assert rules.lineage("620102001010") == (
        "620102001010",
        "620102001000",
        "620102000000",
        "620100000000",
        "620000000000",
    )
    assert rules.lineage("621000000000") == ("621000000000", "620000000000")


@pytest.mark.parametrize(
    ("code", "level"), [("620000000000", 1), ("621000000000", 2), ("620102000000", 3)]
)
def test_the_level_follows_from_the_code(code, level):
    assert rules.level_of(code) == level


def test_the_nearest_place_is_the_place_itself_before_any_above_it():
    offering = {"620000000000", "620102000000"}
    assert rules.nearest("620102001000", offering) == "620102000000"
    assert rules.nearest("620102000000", offering) == "620102000000"
    assert rules.nearest("620103000000", offering) == "620000000000"
    assert rules.nearest("330302000000", offering) is None


def test_units_that_exist_for_statistics_only_are_left_out_of_a_name():
    assert rules.join_name("甘肃省兰州市", "兰州市", "市辖区") == "甘肃省兰州市"
    assert rules.join_name("甘肃省嘉峪关市", "嘉峪关市", "嘉峪关市") == "甘肃省嘉峪关市"
    assert rules.join_name("甘肃省兰州市", "兰州市", "城关区") == "甘肃省兰州市城关区"
