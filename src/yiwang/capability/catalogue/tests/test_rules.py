from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.catalogue import definitions as d
from yiwang.capability.catalogue.rules import asked, check_item, narrow, words
from yiwang.capability.catalogue.rules.importing import (
    ReadRow,
    RefusedRow,
    is_malformed,
    read_rows,
)
from yiwang.mechanisms.clocks.definitions import Allowance, Unit

from .conftest import LAW, sound_item

M, S = d.Material, d.MaterialSource
ASKED = M(
    "id", "身份证复印件", "核对身份", S.UPLOADED, "公安机关", (LAW,), obtainable_by_sharing=True
)


def _keys(item: d.Item) -> set[str]:
    return {p.key for p in check_item(item) if not p.warning}


def test_a_sound_item_has_no_problem() -> None:
    assert check_item(sound_item()) == ()


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"promised": Allowance(21, Unit.WORKING_DAY)}, "promised"),
        ({"promised": Allowance(2, Unit.MONTH)}, "promised"),
        ({"promised": None}, "promised"),
        ({"promised": Allowance(0, Unit.WORKING_DAY)}, "case_type"),
        ({"case_type": d.CaseType.INSTANT}, "promised.amount"),
        ({"statutory": None}, "statutory_note"),
        ({"statutory": None, "statutory_note": "没有规定"}, "promised_local"),
        ({"forms": (d.HandlingForm.WINDOW,)}, "visits"),
        ({"forms": (d.HandlingForm.COMPUTER,)}, "forms"),
        ({"materials": (ASKED,)}, "materials.id.source"),
        ({"materials": (replace(ASKED, source=S.FETCHED),)}, "materials.id.provider"),
        ({"materials": (M("x", "表", "登记", S.UPLOADED, "本人", ()),)}, "materials.x.basis"),
        (
            {"materials": (M("x", "其他材料", "备用", S.UPLOADED, "本人", (LAW,)),)},
            "materials.x.name",
        ),
        (
            {"materials": (M("x", "申请书等有关材料", "备用", S.UPLOADED, "本人", (LAW,)),)},
            "materials.x.name",
        ),
        ({"conditions": (d.Condition("c", "品行良好"),)}, "conditions.c.local"),
        ({"conditions": (d.Condition("c", "法律规定的其他条件", basis=LAW),)}, "conditions.c.text"),
        ({"department": "11620102000000019C"}, "department"),
        ({"basis": ()}, "basis"),
        ({"contact": None}, "contact"),
        ({"steps": ()}, "steps"),
        ({"result": None}, "result"),
        ({"result": d.Result(d.ResultKind.LICENCE, "证")}, "result.licence"),
        ({"result": d.Result(d.ResultKind.ENTITLEMENT, "津贴")}, "result.benefit"),
        ({"handling_mode": d.HandlingMode.LINK_ONLY}, "link"),
    ],
)
def test_a_broken_rule_is_named_by_its_key(changes: dict, key: str) -> None:
    assert key in _keys(sound_item(**changes))


def test_sharing_may_be_overridden_only_with_a_recorded_legal_reason() -> None:
    asked = replace(ASKED, asked_because="某法第一条要求当面提交原件")
    assert "materials.id.source" not in _keys(sound_item(materials=(asked,)))


def test_materials_may_not_hang_on_answers_nobody_can_give() -> None:
    hung = M("x", "证明", "核对", S.UPLOADED, "本人", (LAW,), when={"who": ("robot",)})
    assert "materials.x.when" in _keys(sound_item(materials=(hung,)))
    stray = replace(hung, when={"where": ("here",)})
    assert "materials.x.when" in _keys(sound_item(materials=(stray,)))


def test_age_bands_must_join() -> None:
    bands = (d.Band(80, 5000, 90), d.Band(91, 9000))
    benefit = d.Benefit("b", "津贴", d.BenefitStart.MONTH_OF_APPLICATION, bands, local=True)
    result = d.Result(d.ResultKind.ENTITLEMENT, "津贴", benefit=benefit)
    assert "result.benefit.bands" in _keys(sound_item(result=result))


def test_answers_narrow_the_materials_and_unknown_ones_change_nothing(item: d.Item) -> None:
    assert [m.key for m in narrow(item, {}).to_bring] == ["mandate"]
    assert narrow(item, {"who": "self"}).to_bring == ()
    assert "不用准备材料" in narrow(item, {"who": "self"}).sentence
    assert narrow(item, {"who": "robot", "x": "y"}) == narrow(item, {})


def test_a_question_falls_away_when_another_answer_excludes_all_it_decides(item: d.Item) -> None:
    [mandate] = [m for m in item.materials if m.key == "mandate"]
    proof = d.Question("proof", "怎么证明？", (d.Option("a", "甲"), d.Option("b", "乙")))
    wider = replace(
        item,
        questions=(*item.questions, proof),
        materials=(replace(mandate, when={**mandate.when, "proof": ("a",)}),),
    )
    (other,) = mandate.when["who"]
    assert [q.key for q in asked(wider, {})] == ["who", "proof"]
    assert [q.key for q in asked(wider, {"who": other})] == ["who", "proof"]
    assert [q.key for q in asked(wider, {"who": "self"})] == ["who"]
    assert narrow(wider, {"who": "self"}).open_questions == ()


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4))
def test_narrowing_never_adds_a_material(answers: dict[str, str]) -> None:
    item = sound_item()
    assert {m.key for m in narrow(item, answers).materials} <= {m.key for m in item.materials}


def test_an_unknown_key_in_item_yaml_is_a_problem_with_its_place() -> None:
    data = d.dump_item(sound_item())
    data["materials"][0]["nmae"] = "x"
    data["colour"] = "red"
    problems = d.parse_item(data)
    assert {p.key for p in problems} == {"materials.0.nmae", "colour"}
    assert all("不认识" in p.sentence for p in problems)


def test_an_item_survives_being_stored() -> None:
    assert d.load_item(d.dump_item(sound_item())) == sound_item()


def test_every_word_can_be_said_in_another_language_by_its_path(item: d.Item) -> None:
    paths = words.words_of(item)
    assert paths["item.materials.mandate.name"] == "委托书"
    said = {"en": {"words": {path: f"EN {path}" for path in paths}, "short_text": "Short"}}
    english = words.in_language(item, said, "en")
    assert english.materials[1].name == "EN item.materials.mandate.name"
    assert english.short_text == "Short"
    assert set(words.words_of(english)) >= set(paths)
    assert words.in_language(item, said, "zh-hans").name == item.name


ROW = {
    "department": "区水务局", "main_item": "", "name": "取水许可", "task_type_code": "1",
    "task_type": "行政许可", "local_item_code": "511A-11511301008778183N-1", "area_code12": "511602000000",
    "dept_code": "083372204",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": " "}, "名称"),
        ({"local_item_code": ""}, "编码"),
        ({"department": ""}, "部门"),
        ({"task_type_code": "55"}, "代码表"),
        ({"task_type": "公共服务"}, "对不上"),
        ({"area_code12": "5116"}, "区划"),
        ({"name": "取水\x07许可"}, "控制字符"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_reason(
    change: dict, reason: str, item: d.Item
) -> None:
    (row,) = read_rows([{**ROW, **change}], on=item.valid_from)
    assert isinstance(row, RefusedRow)
    assert reason in row.reason
    assert row.line == 2


def test_a_repeated_code_is_refused_the_second_time(item: d.Item) -> None:
    first, second = read_rows([ROW, ROW], on=item.valid_from)
    assert isinstance(first, ReadRow)
    assert isinstance(second, RefusedRow)
    assert "第 2 行" in second.reason


def test_a_malformed_code_is_kept_as_it_is_and_never_parsed(item: d.Item) -> None:
    (row,) = read_rows([{**ROW, "local_item_code": "512B-083372204-1-00"}], on=item.valid_from)
    assert isinstance(row, ReadRow)
    assert row.malformed
    assert row.item.local_code == "512B-083372204-1-00"
    assert row.item.department == ""
    assert not is_malformed(ROW["local_item_code"])


@given(st.lists(st.fixed_dictionaries({k: st.text(max_size=15) for k in ROW}), max_size=8))
def test_every_line_of_any_file_has_exactly_one_outcome(rows: list[dict[str, str]]) -> None:
    read = list(read_rows(rows, on=sound_item().valid_from))
    assert [row.line for row in read] == list(range(2, len(rows) + 2))


def test_a_level_of_assurance_is_a_local_rule_and_says_so():
    item = sound_item()
    problems = check_item(replace(item, assurance=4))
    assert "assurance_local" in [problem.key for problem in problems]
    assert check_item(replace(item, assurance=4, assurance_local=True)) == ()
