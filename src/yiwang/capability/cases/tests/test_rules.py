from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from yiwang.capability.cases import rules, sample
from yiwang.capability.cases.definitions import HolderKind, Keeper
from yiwang.capability.cases.definitions.flow import ChainStep
from yiwang.capability.cases.definitions.profiles import State
from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Role, machine
from yiwang.mechanisms.clocks.queries import shipped_calendar
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
    assert rules.party_of(mine, applicant=mine.reference, item_code="x") is Party.APPLICANT
    assert rules.party_of(sample.citizen("other"), applicant=mine.reference, item_code="x") is None
    assert (
        rules.party_of(sample.official(), applicant=mine.reference, item_code="x") is Party.OFFICIAL
    )
    assert (
        rules.party_of(machine("worker"), applicant=mine.reference, item_code="x") is Party.MACHINE
    )
    assert rules.party_of(ANONYMOUS, applicant=mine.reference, item_code="x") is None


def _may(role: Role, act: str, *, chain: str = "APPROVE", state: str = "ACCEPTED", **order) -> bool:
    given = rules.Order(tuple(ChainStep(one) for one in chain.split()), **order)
    return rules.may_take({role}, act, state=state, order=given)


def test_a_clerk_accepts_where_the_item_lets_the_window_and_never_decides() -> None:
    assert _may(Role.WINDOW_CLERK, "accept")
    assert not _may(Role.WINDOW_CLERK, "accept", at_window=False)
    assert _may(Role.WINDOW_CLERK, "deliver", at_window=False)
    assert not _may(Role.WINDOW_CLERK, "approve")
    assert not _may(Role.WINDOW_CLERK, "forward", chain="HANDLE APPROVE")


def test_without_a_chain_an_approver_takes_every_act_with_one_only_his_own() -> None:
    for act in ("accept", "refuse_acceptance", "approve", "grant_extension", "transfer", "reopen"):
        assert _may(Role.APPROVER, act)
    whole = "HANDLE REVIEW APPROVE"
    assert not _may(Role.APPROVER, "accept", chain=whole)
    assert not _may(Role.APPROVER, "grant_extension", chain=whole)
    assert _may(Role.APPROVER, "approve", chain=whole, state="FOR_APPROVAL")
    assert _may(Role.HEAD, "grant_extension", chain=whole)
    assert not _may(Role.HEAD, "approve", chain=whole, state="FOR_APPROVAL")


@pytest.mark.parametrize(
    ("state", "signs"),
    [("ACCEPTED", Role.HANDLER), ("IN_REVIEW", Role.REVIEWER), ("FOR_APPROVAL", Role.APPROVER)],
)
def test_each_place_of_the_chain_is_signed_by_its_own_office(state: str, signs: Role) -> None:
    for role in Role:
        told = _may(role, "forward", chain="HANDLE REVIEW APPROVE", state=state)
        assert told == (role is signs)


def test_a_grant_elsewhere_is_no_office_here() -> None:
    both = Actor(
        ActorKind.OFFICIAL,
        "official:x",
        grants=(
            Grant(Role.WINDOW_CLERK, sample.PLACE, sample.BODY),
            Grant(Role.APPROVER, "620103000000", None),
            Grant(Role.HEAD, "620100000000", None),
        ),
    )
    held = rules.offices(both, division_code=sample.PLACE, department=sample.BODY)
    assert held == {Role.WINDOW_CLERK, Role.HEAD}


def test_a_time_account_adds_up_and_says_so() -> None:
    me = Keeper(HolderKind.APPLICANT, "person:x", "申请人")
    they = Keeper(HolderKind.DEPARTMENT, "1", "住建局")

    def at(day: int) -> datetime:
        return datetime(2026, 3, day, 2, tzinfo=UTC)

    held = [
        rules.Held(they, at(2), at(4)),
        rules.Held(me, at(4), at(9)),
        rules.Held(they, at(9), None),
    ]
    told = rules.account(held, at=at(12), calendar=shipped_calendar())
    assert [span.working_days for span in told.spans] == [2, 3, 3]
    assert [(one.label, one.working_days) for one in told.totals] == [("住建局", 5), ("申请人", 3)]
    assert sum(span.share for span in told.spans) == pytest.approx(1)
    assert told.sentence == "从收到到现在共 8 个工作日：住建局 5 个，申请人 3 个。"


def test_an_official_who_applied_is_found_out() -> None:
    insider = Actor(ActorKind.OFFICIAL, "official:1", on_behalf_of="person:ma")
    assert rules.is_own_case(insider, applicant="person:ma", submitted_by="person:ma")
    assert not rules.is_own_case(sample.official(), applicant="person:ma", submitted_by="person:ma")


def test_a_rejection_names_both_ways_to_challenge_it() -> None:
    said = " ".join(rules.appeal(review_body="城关区人民政府"))
    assert "向城关区人民政府申请行政复议（行政复议法第二十条）" in said
    assert "行政诉讼法第四十六条" in said
