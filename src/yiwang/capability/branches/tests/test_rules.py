"""What an opinion must say, and what it means for the case."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.capability.branches import rules
from yiwang.capability.branches.definitions import MACHINE
from yiwang.mechanisms.states import rules as states


@pytest.mark.parametrize(
    ("opinion", "reasons", "conditions", "wrong"),
    [
        ("AGREE", "", "", ()),
        ("AGREE", "符合规定", "", ()),
        ("AGREE_WITH_CONDITIONS", "", "不占机动车道", ()),
        ("REFUSE", "断行", "", ()),
        ("REFUSE", " ", "", ("reasons",)),
        ("AGREE_WITH_CONDITIONS", "", " ", ("conditions",)),
        ("AGREE", "", "不占机动车道", ("conditions",)),
        ("REFUSE", "断行", "不占机动车道", ("conditions",)),
        ("", "", "", ("opinion",)),
        ("MAYBE", "", "", ("opinion",)),
        ("AGREE", "长" * 2001, "", ("reasons",)),
    ],
)
def test_a_no_needs_reasons_and_conditions_need_words(opinion, reasons, conditions, wrong):
    found = rules.problems(opinion, reasons, conditions)
    assert tuple(field for field, _sentence in found) == wrong


@pytest.mark.parametrize(
    ("state", "opinion", "on_refusal", "blocked"),
    [
        ("OPEN", "", "ENDS", True),
        ("OPEN", "", "LEAD_DECIDES", True),
        ("ANSWERED", "AGREE", "ENDS", False),
        ("ANSWERED", "AGREE_WITH_CONDITIONS", "ENDS", False),
        ("ANSWERED", "REFUSE", "ENDS", True),
        ("ANSWERED", "REFUSE", "LEAD_DECIDES", False),
        ("CLOSED", "", "LEAD_DECIDES", False),
    ],
)
def test_one_no_ends_it_or_the_lead_decides_as_the_flow_says(state, opinion, on_refusal, blocked):
    assert rules.blocks(state, opinion, on_refusal) is blocked


def test_the_applicant_is_told_a_joint_bodys_opinion_and_no_advice():
    assert rules.public_label("BRANCH", "ANSWERED", "REFUSE") == "不同意"
    assert rules.public_label("CONSULTATION", "ANSWERED", "REFUSE") == "已经答复"
    assert rules.tone("CONSULTATION", "ANSWERED", "REFUSE") == "quiet"
    assert rules.tone("BRANCH", "ANSWERED", "REFUSE") == "bad"


def test_a_body_is_shown_all_materials_or_those_it_needs():
    assert rules.shown(["a", "b"], None) == {"a", "b"}
    assert rules.shown(["a", "b"], ["b", "c"]) == {"b"}
    assert rules.shown(["a", "b"], []) == frozenset()


def test_an_answer_on_the_last_day_is_in_time():
    assert rules.in_time(date(2026, 3, 9), date(2026, 3, 9))
    assert not rules.in_time(date(2026, 3, 10), date(2026, 3, 9))
    assert rules.in_time(date(2026, 3, 10), None)


def test_the_table_of_branches_is_sound():
    assert states.problems(MACHINE) == ()


def test_the_lead_never_leaves_out_a_body_that_must_approve():
    facts = rules.facts(kind="BRANCH", leads=True, asked=False)
    assert states.allowed_acts(MACHINE, state="OPEN", role="OFFICIAL", facts=facts) == ()
    facts = rules.facts(kind="CONSULTATION", leads=True, asked=False)
    assert states.allowed_acts(MACHINE, state="OPEN", role="OFFICIAL", facts=facts) == ("close",)
