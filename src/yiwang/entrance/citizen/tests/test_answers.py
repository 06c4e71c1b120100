"""The five answers, said from an item alone."""

from datetime import date
from types import SimpleNamespace

import pytest

from yiwang.capability.catalogue.definitions import (
    Fee,
    HandlingMode,
    Item,
    Material,
    MaterialSource,
    Profile,
)
from yiwang.capability.catalogue.definitions.codes import (
    CaseType,
    ExerciseLevel,
    HandlingForm,
    ItemType,
    ServedKind,
)
from yiwang.capability.catalogue.queries import narrow
from yiwang.entrance.citizen import answers
from yiwang.entrance.shell.forms import amounts
from yiwang.mechanisms.clocks.definitions import Allowance, Unit


def item(**changes) -> Item:
    values = {
        "code": "x",
        "name": "示例事项",
        "short_name": "示例",
        "item_type": ItemType.PUBLIC_SERVICE,
        "profile": Profile.BENEFIT,
        "handling_mode": HandlingMode.PLATFORM,
        "case_type": CaseType.INSTANT,
        "exercise_level": ExerciseLevel.COUNTY,
        "department": "11620102000000019B",
        "division_code": "620102000000",
        "valid_from": date(2026, 1, 1),
        "served": (ServedKind.PERSON,),
        "forms": (HandlingForm.COMPUTER,),
    }
    return Item(**(values | changes))


def material(source: MaterialSource) -> Material:
    return Material(key=source.lower(), name="样", why="看", source=source, issuer="某", basis=())


def said(made: Item) -> dict[str, tuple[str, str]]:
    return {fact.label: (fact.value, fact.detail) for fact in answers.five(made, narrow(made, {}))}


def test_the_five_questions_are_always_answered_in_the_same_order():
    labels = [fact.label for fact in answers.five(item(), narrow(item(), {}))]
    assert labels == ["能不能办", "带什么", "多久", "多少钱", "去不去现场"]


def test_what_we_fetch_is_not_asked_for():
    made = item(materials=(material(MaterialSource.FETCHED), material(MaterialSource.UPLOADED)))
    assert said(made)["带什么"] == ("您交 1 样", "1 样我们替您取")


def test_an_instant_item_gives_its_result_at_once_and_says_the_value_is_local():
    made = item(promised=Allowance(0), promised_local=True, statutory=Allowance(20))
    assert said(made)["多久"] == ("当场出结果", "本地规定（示例），法定 20 个工作日")


def test_what_the_list_does_not_say_is_not_invented():
    made = said(item(served=()))
    assert made["能不能办"][0] == made["多久"][0] == made["带什么"][0] == "清单里没有写"


def test_an_item_of_another_system_never_says_that_nobody_need_go():
    made = item(handling_mode=HandlingMode.NOT_CONNECTED)
    assert said(made)["去不去现场"] == ("先看“怎么办”", "还不能在这里网上办")
    assert "不用跑" not in answers.one_line(made)


def test_persons_and_bodies_are_told_apart():
    assert said(item(served=(ServedKind.COMPANY,)))["能不能办"][0] == "单位可以办"
    both = item(served=(ServedKind.PERSON, ServedKind.COMPANY))
    assert said(both)["能不能办"][0] == "个人和单位都能办"


def test_a_fee_is_said_in_yuan():
    made = item(fee=Fee(charged=True, amount_fen=128000, explanation="工本费"))
    assert said(made)["多少钱"] == ("¥1,280.00", "工本费")
    assert said(item(fee=Fee(charged=True)))["多少钱"][0] == "要收费"


@pytest.mark.parametrize(
    ("unit", "words"), [(Unit.NATURAL_DAY, "5 天"), (Unit.MONTH, "5 个月"), (Unit.HOUR, "5 小时")]
)
def test_days_that_are_not_working_days_are_not_called_so(unit, words):
    assert amounts.amount_words(Allowance(5, unit)) == words


@pytest.mark.parametrize("source", MaterialSource)
def test_every_material_is_marked_with_who_brings_it(source):
    mark = answers.marked(material(source))
    assert mark.mark
    assert mark.icon


def test_figures_without_facts_are_a_dash_and_not_a_hundred():
    from yiwang.centre.indicators.definitions import Figures
    from yiwang.entrance.citizen import figures

    empty = figures.rows(Figures(date(2026, 1, 1), date(2026, 1, 7)))
    assert [row.value for row in empty] == ["0", "—", "—", "—"]
    some = Figures(
        date(2026, 1, 1), date(2026, 1, 7), received=5, decided=1000, in_time=999, received_before=9
    )
    shown = figures.rows(some)
    assert (shown[0].remark, shown[1].value, shown[1].remark) == (
        "比前七天少 4 件",
        "99.9",
        "晚了 1 件",
    )


def test_nothing_is_asked_of_the_narrowing_but_materials():
    narrowed = SimpleNamespace(to_bring=(), fetched=(), materials=(), not_here=False)
    assert answers.five(item(), narrowed)[1].value == "清单里没有写"
