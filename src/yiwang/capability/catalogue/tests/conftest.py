from dataclasses import replace
from datetime import date

import pytest

from yiwang.capability.catalogue import definitions as d
from yiwang.mechanisms.clocks.definitions import Allowance, Unit

LAW = d.Citation("行政许可法", "第三十二条", "依据")


def sound_item(**changes: object) -> d.Item:
    """An item that keeps every rule; ``changes`` break one."""
    item = d.Item(
        code="sound-item",
        name="取水许可",
        short_name="取水许可",
        item_type=d.ItemType.LICENCE,
        profile=d.Profile.LICENCE,
        handling_mode=d.HandlingMode.PLATFORM,
        case_type=d.CaseType.PROMISED,
        exercise_level=d.ExerciseLevel.COUNTY,
        department="11620102000000019B",
        department_name="示例局",
        division_code="620102000000",
        valid_from=date(2026, 1, 1),
        served=(d.ServedKind.PERSON,),
        forms=(d.HandlingForm.WINDOW, d.HandlingForm.COMPUTER),
        statutory=Allowance(20, Unit.WORKING_DAY, 3),
        promised=Allowance(10, Unit.WORKING_DAY, 2),
        basis=(LAW,),
        steps=(d.Step("apply", "提交", "申请人"),),
        contact=d.Contact("12345", "12345"),
        result=d.Result(d.ResultKind.DOCUMENT, "批准文件"),
        questions=(
            d.Question("who", "谁？", (d.Option("self", "自己"), d.Option("agent", "代办"))),
        ),
        materials=(
            d.Material("form", "申请书", "登记", d.MaterialSource.FORM, "申请人", (LAW,)),
            d.Material(
                "mandate", "委托书", "证明委托", d.MaterialSource.UPLOADED, "申请人", (LAW,),
                when={"who": ("agent",)},
            ),
        ),
    )  # fmt: skip
    return replace(item, **changes)


@pytest.fixture
def item() -> d.Item:
    return sound_item()
