from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import zen
from hypothesis import given
from hypothesis import strategies as st

from yiwang.mechanisms.rulings import rules, sample
from yiwang.mechanisms.rulings.rules import evaluation, wording

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def places(table: dict) -> str:
    return " | ".join(f"{p.place}：{p.sentence}" for p in rules.check_table(table))


def changed(path: str, value: str) -> dict:
    table = sample.table()
    row, cell = path.split(".")
    for rule in table["nodes"][1]["content"]["rules"]:
        if rule["_id"] == row:
            rule[cell] = value
    return table


def test_a_sound_table_has_no_problem_and_passes_its_tests() -> None:
    assert rules.check_table(sample.table()) == ()
    assert rules.check_tests(sample.table(), sample.tests()) == ()


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("r1.c1", ">= = 90", "第 1 行 · 年龄"),
        ("r2.c1", "> = 80", "第 2 行 · 年龄"),
        ("r2.c1", "ages > 80", "ages"),
        ("r2.c1", "年龄 > 80", "第 2 行 · 年龄"),
        ("r9.c1", "-", "第 3 行 · 年龄"),
        ("r9.c1", " ", "第 3 行 · 年龄"),
        ("r1.o2", "20000 +", "第 1 行 · 每月金额（分）"),
        ("r1.o2", "d('now')", "第 1 行 · 每月金额（分）"),
        ("r1.o2", "rand(10)", "rand"),
        ("r1.o1", "'YES'", "第 1 行 · 结论"),
        ("r1.o1", "", "第 1 行 · 结论"),
        ("r1.o1", "'REJECT'", "第 1 行 · 结论"),
        ("r1._description", "", "第 1 行"),
        ("r1._basis", "", "第 1 行"),
        ("r2._id", "r1", "第 1 行"),
        ("r9.o1", "'APPROVE'", "没有任何条件的行不能给出同意的结论"),
        ("r9.c1", "< 80", "最后一行要没有条件"),
        ("r1.cX", "1", "单元格 cX"),
    ],
)
def test_a_typing_error_is_refused_and_the_cell_is_named(path: str, value: str, named: str) -> None:
    assert named in places(changed(path, value))


def test_an_approving_row_that_also_holds_when_nothing_is_known_is_refused() -> None:
    table = sample.table()
    for rule in table["nodes"][1]["content"]["rules"][:1]:
        rule.update(c1="!= 5", c2="", c3="$ != 'x'")
    assert "没有任何条件的行不能给出同意的结论" in places(table)


def test_a_chinese_field_code_is_refused_because_the_engine_would_never_match() -> None:
    table = sample.table()
    table["nodes"][1]["content"]["inputs"][0]["field"] = "申请人.年龄"
    assert "列 年龄" in places(table)


@pytest.mark.parametrize("kind", ["functionNode", "expressionNode", "switchNode", "decisionNode"])
def test_nodes_that_run_programs_are_refused(kind: str) -> None:
    table = sample.table()
    table["nodes"].append({"id": "f", "type": kind, "name": "程序"})
    assert f"不允许 {kind} 节点" in places(table)


def test_a_table_without_an_input_schema_is_refused() -> None:
    table = sample.table()
    table["nodes"][0]["content"] = {}
    assert "没有输入说明" in places(table)


def test_a_schema_that_does_not_require_a_column_is_refused() -> None:
    table = sample.table()
    table["nodes"][0]["content"]["schema"] = (
        '{"type":"object","required":["age"],"properties":{"age":{}}}'
    )
    said = places(table)
    assert "列 年龄" in said
    assert "列 户籍地" in said


@pytest.mark.parametrize("broken", [{}, {"nodes": 3}, {"nodes": [3]}, {"nodes": [], "edges": []}])
def test_something_that_is_no_table_is_refused_and_never_crashes(broken: dict) -> None:
    assert rules.check_table(broken)


def test_a_missing_edge_is_refused() -> None:
    table = sample.table()
    table["edges"].pop()
    assert "edges" in places(table)


def test_a_row_without_a_test_is_named() -> None:
    problems = rules.check_tests(sample.table(), sample.tests()[1:])
    assert [p.place for p in problems] == ["第 1 行"]


def test_a_wrong_expectation_names_its_test() -> None:
    tests = sample.tests()
    tests[0]["expect"]["monthly_fen"] = 1
    assert [p.place for p in rules.check_tests(sample.table(), tests)] == ["测试 九十岁"]


def test_a_table_without_tests_is_refused() -> None:
    assert rules.check_tests(sample.table(), [])


def test_every_row_says_which_cells_held() -> None:
    said = rules.evaluate(sample.table(), sample.inputs(AT, age=83))
    assert said.outcome == "APPROVE"
    assert said.output == {"outcome": "APPROVE", "monthly_fen": 10000}
    first, second, last = said.rows
    assert (first.matched, second.matched, last.matched) == (False, True, True)
    assert [(c.column, c.held) for c in first.cells] == [
        ("年龄", False),
        ("健在", True),
        ("户籍地", True),
    ]
    assert said.basis == ("老年人权益保障法 第三十三条",)


def test_an_approval_is_explained_with_values_sources_and_basis() -> None:
    said = rules.evaluate(sample.table(), sample.inputs(AT))
    assert (
        said.explanation[0]
        == "年龄：83（来源：人口库（示例），2026年3月2日），符合在 80 到 89 之间。"
    )
    assert (
        said.explanation[-1]
        == "年满 80 周岁：符合，可以直接办理。依据：老年人权益保障法 第三十三条。"
    )


def test_what_is_not_approved_says_why_and_that_it_is_no_refusal() -> None:
    said = rules.evaluate(sample.table(), sample.inputs(AT, age=79))
    assert said.outcome == "TO_OFFICIAL"
    assert any("要求不小于 90" in sentence for sentence in said.explanation)
    assert said.explanation[-1].endswith("这不是拒绝。")


@pytest.mark.parametrize("broken", [{"age": "83"}, {"age": None}, {"alive": "yes"}])
def test_a_mistyped_input_decides_nothing_and_its_value_is_not_repeated(broken: dict) -> None:
    with pytest.raises(rules.CannotRule) as caught:
        rules.evaluate(sample.table(), sample.inputs(AT, **broken))
    assert "83" not in str(caught.value)
    assert "yes" not in str(caught.value)


def test_a_missing_input_decides_nothing_and_is_named_in_chinese() -> None:
    given_inputs = sample.inputs(AT)
    del given_inputs["age"]
    with pytest.raises(rules.CannotRule, match="年龄"):
        rules.evaluate(sample.table(), given_inputs)


def test_when_the_engine_and_the_row_by_row_reading_disagree_nothing_is_decided() -> None:
    compiled = evaluation.CompiledTable(json.dumps(sample.table()))
    compiled.conditions[">= 90"] = zen.compile_unary_expression(">= 10")
    with pytest.raises(rules.CannotRule, match="不一致"):
        compiled.evaluate(sample.inputs(AT))


@given(
    age=st.integers(-5, 130),
    alive=st.booleans(),
    place=st.sampled_from(["城关区", "七里河区", "安宁区"]),
)
def test_the_table_means_what_its_author_wrote(age: int, alive: bool, place: str) -> None:
    said = rules.evaluate(sample.table(), sample.inputs(AT, age=age, alive=alive, place=place))
    right = alive and place in ("城关区", "七里河区")
    expected = 20000 if right and age >= 90 else 10000 if right and age >= 80 else 0
    assert said.output["monthly_fen"] == expected
    assert (said.outcome == "APPROVE") == (expected > 0)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (">= 80", "不小于 80"),
        ("[80..90)", "在 80 到 90（不含） 之间"),
        ("true", "“是”"),
        ("'甲','乙'", "是 甲、乙 之一"),
        ("'甲'", "是 甲"),
        ("!= null", "不是 没有"),
        ("startsWith($, '620102')", "以 620102 开头"),
        ("not(startsWith($, '620102'))", "不以 620102 开头"),
        ("len($) > 3", "满足 len($) > 3"),
    ],
)
def test_conditions_are_said_in_chinese(cell: str, words: str) -> None:
    assert wording.say_condition(cell) == words


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("'shop'", "是 有店面"),
        ("'shop','online'", "是 有店面、online 之一"),
        ("!= 'shop'", "不是 有店面"),
        ("startsWith($, '620102')", "在“城关区”"),
        ("not(startsWith($, '620102'))", "不在“城关区”"),
        ("contains($, '620102')", "包含 620102"),
    ],
)
def test_codes_in_conditions_are_said_by_their_names(cell: str, said: str) -> None:
    assert wording.say_condition(cell, {"shop": "有店面", "620102": "城关区"}) == said


def test_a_code_nobody_named_stays_as_it_is() -> None:
    assert wording.say_value("shop", {"shop": "有店面"}) == "有店面"
    assert wording.say_value("other", {"shop": "有店面"}) == "other"
    assert wording.say_value(True, {"True": "x"}) == "是"
