from __future__ import annotations

from datetime import date

import pytest

from yiwang.capability.cases import rules, sample
from yiwang.capability.cases.definitions.profiles import State
from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Role, machine
from yiwang.mechanisms.states.definitions import Party

TODAY = date(2026, 12, 14)


def standing(state: State, **changes: object) -> rules.Standing:
    given = {
        "profile": "BENEFIT",
        "state": state,
        "instant": False,
        "outcome": "",
        "department_name": "住建局",
        "result_label": "许可证",
    }
    return rules.Standing(**{**given, **changes})


def test_the_headline_is_a_sentence_with_the_answer() -> None:
    said = rules.headline(standing(State.ACCEPTED), due_on=date(2026, 12, 18), today=TODAY)
    assert said == "住建局正在审查，最晚12月18日（周五）答复您"


def test_a_provisional_date_is_marked_and_another_year_is_named() -> None:
    due = date(2027, 1, 7)
    said = rules.headline(standing(State.ACCEPTED), due_on=due, today=TODAY, provisional=True)
    assert said == "住建局正在审查，最晚2027年1月7日（周四）（暂定）答复您"


def test_a_late_body_is_named_and_nothing_is_made_better() -> None:
    said = rules.headline(standing(State.ACCEPTED), due_on=date(2026, 12, 11), today=TODAY)
    assert said == "住建局还没有答复，已经超过12月11日（周五）"


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("outcome", ["", "APPROVE", "REJECT"])
def test_every_state_has_a_headline_and_steps(state: State, outcome: str) -> None:
    case = standing(state, outcome=outcome)
    assert rules.headline(case, due_on=TODAY, today=TODAY)
    steps = rules.steps(case, {})
    assert steps[0].state == "DONE"
    assert sum(step.state == "NOW" for step in steps) <= 1


def test_a_rejected_case_shows_no_result_to_come() -> None:
    labels = [s.label for s in rules.steps(standing(State.REJECTED, outcome="REJECT"), {})]
    assert "许可证" not in labels


def test_whose_part_somebody_plays() -> None:
    mine = sample.citizen()
    assert rules.party_of(mine, applicant=mine.reference) is Party.APPLICANT
    assert rules.party_of(sample.citizen("other"), applicant=mine.reference) is None
    assert rules.party_of(sample.official(), applicant=mine.reference) is Party.OFFICIAL
    assert rules.party_of(machine("worker"), applicant=mine.reference) is Party.MACHINE
    assert rules.party_of(ANONYMOUS, applicant=mine.reference) is None


def test_a_clerk_accepts_but_does_not_decide() -> None:
    clerk = sample.official(Role.WINDOW_CLERK)
    assert rules.may_take(clerk, "accept")
    assert not rules.may_take(clerk, "approve")
    assert rules.may_take(sample.official(), "approve")
    assert not rules.may_take(sample.official(Role.AUDITOR), "accept")


def test_an_official_who_applied_is_found_out() -> None:
    insider = Actor(ActorKind.OFFICIAL, "official:1", on_behalf_of="person:ma")
    assert rules.is_own_case(insider, applicant="person:ma", submitted_by="person:ma")
    assert not rules.is_own_case(sample.official(), applicant="person:ma", submitted_by="person:ma")


def test_a_rejection_names_both_ways_to_challenge_it() -> None:
    said = " ".join(rules.appeal(review_body="城关区人民政府"))
    assert "向城关区人民政府申请行政复议（行政复议法第二十条）" in said
    assert "行政诉讼法第四十六条" in said
