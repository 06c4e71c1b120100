from __future__ import annotations

import pytest

from yiwang.mechanisms.states import rules
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

LAMP = Machine(
    profile="LAMP",
    version=1,
    initial="OFF",
    labels={"OFF": "关", "ON": "开", "BROKEN": "坏"},
    transitions=(
        Transition("OFF", "light", (Party.APPLICANT,), "ON", "开灯", "has_power"),
        Transition("ON", "put_out", (Party.APPLICANT, Party.MACHINE), "OFF", "关灯"),
        Transition("ON", "smash", (Party.OFFICIAL,), "BROKEN", "拆掉", "!protected"),
    ),
)


def step(state: str, act: str, role: str, **facts: bool) -> str:
    return rules.next_state(LAMP, state=state, act=act, role=role, facts=facts)


def test_a_declared_step_leads_to_its_target() -> None:
    assert step("OFF", "light", "APPLICANT", has_power=True) == "ON"


@pytest.mark.parametrize(
    ("state", "act", "role", "facts"),
    [
        ("OFF", "light", "APPLICANT", {}),
        ("OFF", "light", "OFFICIAL", {"has_power": True}),
        ("OFF", "put_out", "APPLICANT", {}),
        ("ON", "smash", "OFFICIAL", {"protected": True}),
        ("BROKEN", "light", "APPLICANT", {"has_power": True}),
        ("OFF", "fly", "APPLICANT", {}),
        ("ELSEWHERE", "light", "APPLICANT", {"has_power": True}),
    ],
)
def test_everything_not_declared_is_refused(state: str, act: str, role: str, facts: dict) -> None:
    with pytest.raises(rules.CannotDo):
        step(state, act, role, **facts)


def test_the_refusal_says_where_the_matter_stands_and_what_cannot_be_done() -> None:
    with pytest.raises(rules.CannotDo, match="现在是“关”，不能关灯。"):
        step("OFF", "put_out", "APPLICANT")


def test_the_open_acts_depend_on_role_and_facts() -> None:
    open_acts = rules.allowed_acts(LAMP, state="ON", role="OFFICIAL", facts={})
    assert open_acts == ("smash",)
    assert rules.allowed_acts(LAMP, state="ON", role="OFFICIAL", facts={"protected": True}) == ()


def test_a_final_state_is_one_nothing_leads_out_of() -> None:
    assert LAMP.final == {"BROKEN"}


def test_a_table_with_an_unreachable_or_nameless_state_is_found_out() -> None:
    broken = Machine("X", 1, "A", (Transition("B", "go", ("MACHINE",), "C", "走"),), {"A": "甲"})
    said = rules.problems(broken)
    assert "状态 B 没有中文名" in said
    assert "状态 C 走不到" in said


def test_a_table_with_two_targets_for_one_step_is_found_out() -> None:
    one = Transition("A", "go", ("MACHINE",), "B", "走")
    two = Transition("A", "go", ("MACHINE",), "A", "走")
    broken = Machine("X", 1, "A", (one, two), {"A": "甲", "B": "乙"})
    assert rules.problems(broken) == ("A 的 go 有两个去向",)
