"""What undertakings say, and who may do what about them."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.capability.catalogue.definitions import Item, parse_item
from yiwang.capability.catalogue.rules import narrow
from yiwang.capability.commitments import rules
from yiwang.capability.commitments.definitions import Act
from yiwang.capability.commitments.definitions.machines import COMMITMENT, TOLERANCE
from yiwang.capability.commitments.sample import _ITEM, TRUST
from yiwang.kernel.actor import Role
from yiwang.mechanisms.states.rules import problems


def item(**changes) -> Item:
    found = parse_item({**_ITEM, **changes})
    assert isinstance(found, Item), found
    return found


def late(one: Item):
    return [m for m in narrow(one, {}).materials if m.tolerance is not None]


@pytest.mark.parametrize("table", [TOLERANCE, COMMITMENT])
def test_both_tables_are_sound(table):
    assert problems(table) == ()


def test_a_late_paper_is_named_with_its_term_and_what_follows():
    paper = rules.tolerance_paper(item(), 3, late(item()))
    assert "1. 管线单位意见：自受理之日起5个工作日内补交。" in paper.told
    assert [one.key for one in paper.declared] == ["in-time", "decide", "true"]
    assert paper.version == "trusting-item@3/1"


def test_where_a_lapse_withdraws_the_paper_says_so():
    materials = [dict(one) for one in TRUST["materials"]]
    materials[1]["tolerance"] = {**materials[1]["tolerance"], "on_lapse": "WITHDRAW"}
    one = item(materials=materials)
    paper = rules.tolerance_paper(one, 1, late(one))
    assert [t.key for t in paper.declared] == ["in-time", "withdraw", "true"]
    assert "视为我撤回申请" in paper.text


def test_a_commitment_names_proof_condition_liability_check_and_the_other_road():
    conditions = [{"key": "area", "text": "面积够", "local": True}]
    one = item(conditions=conditions)
    paper = rules.commitment_paper(one, 1, one.commitment)
    for said in (
        "承诺代替的证明：管线单位意见", "条件：面积够", "核查：作出决定后20个工作日内，到现场核查",
        "责任：", "限期10个工作日", "不适用：", "两种方式一直都开放", "《行政许可法》第三十一条",
    ):  # fmt: skip
        assert said in paper.text
    assert [t.key for t in paper.declared] == ["item-standards", "read", "liable"]


def test_every_sentence_is_ticked_by_itself():
    paper = rules.tolerance_paper(item(), 1, late(item()))
    assert [t.key for t in rules.unticked(paper, ["in-time", "true", "stray"])] == ["decide"]
    assert rules.unticked(paper, [t.key for t in paper.declared]) == ()


@pytest.mark.parametrize(
    ("role", "act", "chained", "may"),
    [
        (Role.WINDOW_CLERK, Act.FIND_TRUE, False, False),
        (Role.HANDLER, Act.FIND_TRUE, True, True),
        (Role.HANDLER, Act.FIND_FALSE, False, False),
        (Role.APPROVER, Act.FIND_FALSE, False, True),
        (Role.APPROVER, Act.FIND_FALSE, True, False),
        (Role.HEAD, Act.FIND_NOT_CORRECTED, True, True),
        (Role.LEADER, Act.FIND_TRUE, False, False),
    ],
)
def test_the_word_that_costs_a_licence_is_the_heads(role, act, chained, may):
    assert rules.may_take([role], act, chained=chained) is may


@pytest.mark.parametrize(
    ("due_on", "reported", "over"),
    [
        (date(2026, 3, 2), False, False),
        (date(2026, 3, 1), False, True),
        (date(2026, 3, 9), True, True),
        (None, False, False),
    ],
)
def test_not_put_right_is_said_after_the_term_or_after_a_report(due_on, reported, over):
    found = rules.facts(correctable=True, due_on=due_on, reported=reported, today=date(2026, 3, 2))
    assert found["correction_over"] is over
