"""Blocks, participants, holdings: what keeps a case, who else sees it, who had it how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.capability.cases import actions, queries, sample
from yiwang.capability.cases.definitions import HolderKind, Outcome, Stage
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.capability.cases.models import Case, CaseHolding
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db
AT, WORKER = sample.AT, machine("worker")
OTHER_BODY = "11620102000000027X"
OTHER = sample.official(body=OTHER_BODY, name="sun")


def accepted(profile: Profile = Profile.BENEFIT) -> Case:
    case = sample.opened(profile=profile)
    case = actions.to_official(case_key=case.key, actor=WORKER, at=AT)
    return actions.accept(case_key=case.key, version=case.version, actor=sample.official(), at=AT)


def block(case: Case, stage: Stage = Stage.DECISION, reason: str = "branch:a") -> bool:
    return actions.block(case_key=case.key, stage=stage, reason=reason, actor=WORKER, at=AT)


def unblock(case: Case, stage: Stage = Stage.DECISION, reason: str = "branch:a") -> bool:
    return actions.unblock(case_key=case.key, stage=stage, reason=reason, actor=WORKER, at=AT)


def offered(case: Case, actor=None) -> set[str]:
    return {act.name for act in queries.get_case(case.key, actor or sample.official(), at=AT).acts}


@pytest.mark.parametrize("profile", [Profile.BENEFIT, Profile.LICENCE, Profile.CONFIRMATION])
def test_an_open_block_keeps_a_case_from_approval_but_not_from_a_rejection(profile) -> None:
    case = accepted(profile)
    assert block(case)
    assert not block(case)  # asked again
    assert "approve" not in offered(case)
    with pytest.raises(CannotDo):
        sample.decided(case)
    assert sample.decided(case, outcome=Outcome.REJECT).state == "REJECTED"


def test_two_blocks_must_both_go_and_the_last_one_is_announced() -> None:
    case = accepted()
    block(case)
    block(case, reason="visit:b")
    view = queries.get_case(case.key, sample.official(), at=AT)
    assert [one.reason for one in view.blocks] == ["branch:a", "visit:b"]
    assert unblock(case)
    assert not unblock(case)  # it is gone
    assert "approve" not in offered(case)
    assert unblock(case, reason="visit:b")
    assert "approve" in offered(case)
    acts = [e.act for e in journal.list_entries(subject=case.reference)]
    assert acts.count("cases.blocks_cleared") == 1
    assert block(case)  # the same may come again
    case.refresh_from_db()
    assert (case.decision_blocks, case.version) == (1, 3)


def test_a_block_of_the_issue_leaves_the_decision_free_and_holds_the_result() -> None:
    case = accepted()
    block(case, Stage.ISSUE, "tolerance:c")
    case = sample.decided(case)
    issue = {"case_key": case.key, "result_kind": "DOCUMENT", "result": "letter:x"}
    with pytest.raises(CannotDo):
        actions.mark_issued(**issue, actor=WORKER, at=AT)
    unblock(case, Stage.ISSUE, "tolerance:c")
    assert actions.mark_issued(**issue, actor=WORKER, at=AT).state == "ISSUED"


def test_another_body_sees_only_what_it_was_let_into_and_may_act_on_nothing() -> None:
    case, unseen = accepted(), accepted()
    with pytest.raises(NotFound):
        queries.get_case(case.key, OTHER, at=AT)
    for _ in range(2):
        actions.let_in(
            case_key=case.key, department=OTHER_BODY, division_code=sample.PLACE,
            reference="branch:a", actor=WORKER, at=AT,
        )  # fmt: skip
    view = queries.get_shared_case(case.key, OTHER, at=AT)
    assert not view.in_charge
    assert view.acts == ()
    assert view.answers[0].value == "****0000"
    assert view.documents == ()
    for door in (
        lambda: queries.get_case(case.key, OTHER, at=AT),
        lambda: actions.read_case(case_key=case.key, actor=OTHER, at=AT),
        lambda: queries.get_shared_case(unseen.key, OTHER, at=AT),
    ):
        with pytest.raises(NotFound):
            door()
    assert queries.list_cases(OTHER, at=AT).rows == ()
    with pytest.raises(NotAllowed):
        actions.decide(
            case_key=case.key, version=case.version, outcome=Outcome.APPROVE, reason="好",
            basis=(), actor=OTHER, at=AT,
        )  # fmt: skip
    with pytest.raises(NotFound):
        queries.get_case(unseen.key, OTHER, at=AT)
    auditor = sample.official(Role.AUDITOR, body=OTHER_BODY)
    with pytest.raises(NotFound):
        queries.get_case(case.key, auditor, at=AT)


def test_the_time_account_says_who_had_it_how_long_and_is_open_to_the_applicant() -> None:
    case = sample.opened()  # the rule has it
    day = timedelta(days=1)
    case = actions.to_official(case_key=case.key, actor=WORKER, at=AT + day)
    case = actions.return_for_correction(
        case_key=case.key, version=case.version, problems=["缺"], actor=sample.official(),
        at=AT + 2 * day,
    )  # fmt: skip
    actions.supply_correction(
        case_key=case.key, version=case.version, answers={}, rows=[], actor=sample.citizen(),
        at=AT + 4 * day,
    )  # fmt: skip
    told = queries.get_case(case.key, sample.citizen(), at=AT + 7 * day).time_account
    assert told is not None
    shown = [(span.kind, span.working_days) for span in told.spans]
    assert shown == [("MACHINE", 1), ("DEPARTMENT", 1), ("APPLICANT", 2), ("DEPARTMENT", 1)]
    assert told.spans[-1].ended_at is None
    assert told.totals[1].label == "城关区民政局"
    assert told.sentence.startswith("从收到到现在共 5 个工作日")


def test_a_case_decided_at_once_writes_no_holding_and_still_has_an_account() -> None:
    case = sample.opened()
    actions.approve_by_rule(
        case_key=case.key, ruling=sample.ruling(), basis=(), actor=WORKER, at=AT
    )
    actions.mark_issued(
        case_key=case.key, result_kind="DOCUMENT", result="letter:x", actor=WORKER, at=AT
    )
    actions.deliver(case_key=case.key, actor=WORKER, at=AT + timedelta(minutes=1))
    assert CaseHolding.objects.count() == 0
    told = queries.get_case(case.key, sample.citizen(), at=AT + timedelta(days=9)).time_account
    assert told is not None
    assert [(span.kind, span.ended_at) for span in told.spans] == [
        ("MACHINE", AT + timedelta(minutes=1))
    ]
    assert told.sentence == "当天办完。"


def test_a_case_that_waits_for_another_body_as_a_whole_is_held_by_it() -> None:
    case = accepted()
    actions.hold(
        case_key=case.key, kind=HolderKind.DEPARTMENT, holder=OTHER_BODY, label="园林局",
        actor=WORKER, at=AT + timedelta(days=1),
    )  # fmt: skip
    told = queries.get_case(case.key, sample.citizen(), at=AT + timedelta(days=3)).time_account
    assert told is not None
    assert [span.label for span in told.spans][-1] == "园林局"
    assert CaseHolding.objects.filter(ended_at=None).count() == 1
