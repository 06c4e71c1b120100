"""高龄津贴: decided at once from the register; the result is an entitlement."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView, Receipt
from yiwang.capability.cases.models import Case
from yiwang.capability.entitlements import queries as entitlements
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import IdempotencyConflict, InvalidInput, NotAllowed
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.support.letters import queries as letters

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
CODE = sample.ALLOWANCE
#: A test stands in a transaction, so BEGIN and COMMIT are a savepoint and its release.
SAVEPOINT = 2


@pytest.fixture
def item(db):
    return sample.publish(CODE, at=AT)


@pytest.fixture
def person(item):
    return sample.elder(at=AT)


@pytest.fixture
def me(person) -> Actor:
    return sample.citizen(person)


def hand_in(me: Actor, person, **more) -> Receipt:
    return sample.submitted(CODE, me, sample.allowance_answers(person), at=AT, **more)


def look(receipt: Receipt, actor: Actor) -> CaseView:
    return cases.get_case(receipt.case_key, actor, at=AT)


def test_an_elder_of_83_gets_the_allowance_at_once(me: Actor, person) -> None:
    receipt = hand_in(me, person)
    assert receipt.answer_by == date(2026, 3, 9)
    assert look(receipt, me).headline == "已收到，正在自动核对；要人工看的，转给工作人员"
    assert jobs.run_waiting(at=AT) >= 1
    case = look(receipt, me)
    assert (case.state, case.headline) == ("CLOSED", "已办好，高龄津贴待遇资格可以查看了")
    assert case.decision is not None
    assert case.decision.by_rule
    assert "年满" in " ".join(case.decision.explanation) or case.decision.explanation
    granted = entitlements.find_case_entitlement(case.reference)
    assert granted is not None
    assert (granted.monthly_fen, granted.starts_on) == (5000, date(2026, 3, 1))
    assert granted.person == person.reference
    assert case.result is not None
    assert case.result.reference == granted.reference
    kinds = [letter.kind for letter in letters.list_letters(case.reference)]
    assert kinds == ["APPROVAL", "RECEIPT"]
    assert case.clocks[0].stopped_on is not None


def test_the_ruling_names_every_input_with_its_source(me: Actor, person) -> None:
    receipt = hand_in(me, person)
    jobs.run_waiting(at=AT)
    (ruling,) = look(receipt, me).rulings
    assert ruling.outcome == "APPROVE"
    assert ruling.inputs is not None
    assert ruling.inputs["age"].value == 82
    assert ruling.inputs["age"].source
    assert len(ruling.rows) > 3


def test_somebody_of_79_goes_to_an_official_and_is_not_refused(item) -> None:
    young = sample.elder(2, at=AT, born_on=date(1947, 1, 1))
    me = sample.citizen(young)
    receipt = hand_in(me, young)
    jobs.run_waiting(at=AT)
    case = look(receipt, me)
    assert case.state == "WITH_OFFICIAL"
    assert case.headline == "城关区民政局正在审查，最晚3月9日（周一）答复您"
    assert "这不是拒绝" in case.rulings[0].explanation[-1]
    assert case.decision is None


def test_a_wish_for_a_person_before_handing_in_is_respected(me: Actor, person) -> None:
    receipt = hand_in(me, person, by_person=True)
    assert "系统正在核对" not in receipt.next_step
    jobs.run_waiting(at=AT)
    case = look(receipt, me)
    assert (case.state, case.rulings) == ("WITH_OFFICIAL", ())


def test_a_wish_for_a_person_while_waiting_wins_over_the_rule(me: Actor, person) -> None:
    receipt = hand_in(me, person)
    journey.ask_for_person(case_key=receipt.case_key, actor=me, at=AT)
    jobs.run_waiting(at=AT)
    assert look(receipt, me).state == "WITH_OFFICIAL"


def test_a_wish_for_a_person_after_the_rule_is_answered_by_one(me: Actor, person, item) -> None:
    receipt = hand_in(me, person)
    jobs.run_waiting(at=AT)
    case = journey.ask_for_person(case_key=receipt.case_key, actor=me, at=AT)
    officer = sample.official(item)
    done = journey.confirm_by_person(
        case_key=case.key, version=case.version, reason="核对无误", actor=officer, at=AT
    )
    assert done.decision is not None
    assert done.decision.explanation[-1] == "人工复核：核对无误"


def test_a_source_that_is_away_sends_the_case_to_an_official(me, person, monkeypatch) -> None:
    from yiwang.capability.journey import facts

    monkeypatch.setattr(facts, "_ask", lambda *_: ())
    receipt = hand_in(me, person)
    jobs.run_waiting(at=AT)
    assert look(receipt, me).state == "WITH_OFFICIAL"


def test_who_already_receives_it_is_looked_at_by_an_official(me: Actor, person) -> None:
    hand_in(me, person)
    jobs.run_waiting(at=AT)
    second = hand_in(me, person)
    jobs.run_waiting(at=AT)
    case = look(second, me)
    assert case.state == "WITH_OFFICIAL"
    assert case.result is None


def test_an_official_approves_and_the_band_of_the_age_decides_the_sum(me, person, item) -> None:
    receipt = hand_in(me, person, by_person=True)
    jobs.run_waiting(at=AT)
    case, officer = look(receipt, me), sample.official(item)
    case = journey.accept(case_key=case.key, version=case.version, actor=officer, at=AT)
    case = journey.decide(
        case_key=case.key,
        version=case.version,
        outcome="APPROVE",
        reason="条件都符合",
        actor=officer,
        at=AT,
    )
    assert case.state == "CLOSED"
    granted = entitlements.find_case_entitlement(case.reference)
    assert granted is not None
    assert granted.monthly_fen == 5000
    kinds = {letter.kind for letter in letters.list_letters(case.reference)}
    assert kinds == {"RECEIPT", "ACCEPTANCE", "APPROVAL"}


def test_a_correction_stops_the_clock_and_goes_on_after_it(me, person, item) -> None:
    receipt = hand_in(me, person, by_person=True)
    jobs.run_waiting(at=AT)
    case, clerk = look(receipt, me), sample.official(item)
    case = journey.return_for_correction(
        case_key=case.key, version=case.version, problems=["电话打不通"], actor=clerk, at=AT
    )
    assert case.headline.startswith("等您补正")
    assert [c.paused for c in case.clocks] == [True, False]
    later = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    with pytest.raises(InvalidInput):
        journey.supply_correction(
            case_key=case.key, version=case.version, answers={"phone": "1"}, actor=me, at=later
        )
    case = journey.supply_correction(
        case_key=case.key,
        version=case.version,
        answers={"phone": "13900000009"},
        actor=me,
        at=later,
    )
    assert case.state == "WITH_OFFICIAL"
    assert case.clocks[0].due_on == date(2026, 3, 17)
    assert "13900000009" in [row.value for row in case.answers]


def test_a_rejection_is_written_with_reasons_and_rights(me, person, item) -> None:
    receipt = hand_in(me, person, by_person=True)
    jobs.run_waiting(at=AT)
    case, officer = look(receipt, me), sample.official(item)
    case = journey.accept(case_key=case.key, version=case.version, actor=officer, at=AT)
    case = journey.decide(
        case_key=case.key,
        version=case.version,
        outcome="REJECT",
        reason="户籍已迁出",
        actor=officer,
        at=AT,
    )
    assert case.state == "CLOSED"
    assert case.headline == "没有同意，理由和您能怎么办见决定书"
    assert case.decision is not None
    assert "城关区人民政府" in case.decision.appeal[0]
    assert "REJECTION" in {letter.kind for letter in letters.list_letters(case.reference)}


def test_a_relative_applies_for_the_elder_and_an_official_decides_for_the_elder(
    person, item
) -> None:
    child = libraries.register_person(7, at=AT, born_on=date(1970, 1, 1))
    me = sample.citizen(child)
    own = sample.allowance_answers(person)
    answers = {
        "by_relative": True,
        "elder": {"name": person.name, "citizen_id": own["citizen_id"]},
        "relation": "child",
        "phone": "13900000001",
        "account_kind": "social-card",
        "account": own["account"],
    }
    receipt = sample.submitted(CODE, me, answers, at=AT, questions={"who": "relative"})
    jobs.run_waiting(at=AT)
    case, officer = look(receipt, me), sample.official(item)
    assert case.state == "WITH_OFFICIAL"
    case = journey.accept(case_key=case.key, version=case.version, actor=officer, at=AT)
    case = journey.decide(
        case_key=case.key,
        version=case.version,
        outcome="APPROVE",
        reason="已核实",
        actor=officer,
        at=AT,
    )
    granted = entitlements.find_case_entitlement(case.reference)
    assert granted is not None
    assert granted.person == person.reference


def test_the_decision_runs_once_however_often_the_job_runs(me: Actor, person) -> None:
    receipt = hand_in(me, person)
    for _ in range(3):
        journey.after_submission(case_key=receipt.case_key, actor=sample.PUBLISHER, at=AT)
        jobs.run_waiting(at=AT)
    case = look(receipt, me)
    assert len(case.rulings) == 1
    assert len(case.documents) == 2


def test_the_same_key_gives_the_same_receipt_and_another_wish_is_a_conflict(me, person) -> None:
    draft = sample.filled(CODE, me, sample.allowance_answers(person), at=AT)
    first = journey.submit(draft_key=draft, idempotency_key="k1", actor=me, at=AT)
    assert journey.submit(draft_key=draft, idempotency_key="k1", actor=me, at=AT) == first
    with pytest.raises(IdempotencyConflict):
        journey.submit(draft_key=draft, idempotency_key="k1", actor=me, at=AT, by_person=True)


def test_an_incomplete_form_names_every_field_and_makes_no_case(me: Actor, person) -> None:
    draft = sample.filled(CODE, me, {"by_relative": False}, at=AT)
    with pytest.raises(InvalidInput) as caught:
        journey.submit(draft_key=draft, idempotency_key="k1", actor=me, at=AT)
    assert {"phone", "account"} <= {p.field for p in caught.value.fields}
    assert not Case.objects.exists()


def test_staff_cannot_apply(item) -> None:
    with pytest.raises(NotAllowed):
        journey.start(item_code=CODE, actor=sample.official(item), at=AT)


def test_after_a_withdrawal_nothing_more_happens(me: Actor, person) -> None:
    receipt = hand_in(me, person)
    case = look(receipt, me)
    case = journey.withdraw(case_key=case.key, version=case.version, actor=me, at=AT)
    jobs.run_waiting(at=AT)
    case = look(receipt, me)
    assert case.state == "WITHDRAWN"
    assert case.rulings == ()
    assert case.clocks[0].stopped_on is not None


@pytest.mark.django_db(transaction=True)
def test_fifty_equal_submissions_at_once_make_one_case_and_one_receipt() -> None:
    sample.publish(CODE, at=AT)
    person = sample.elder(at=AT)
    me = sample.citizen(person)
    draft = sample.filled(CODE, me, sample.allowance_answers(person), at=AT)
    receipts: list[Receipt] = []
    troubles: list[Exception] = []

    def once() -> None:
        try:
            receipts.append(
                journey.submit(draft_key=draft, idempotency_key="same", actor=me, at=AT)
            )
        except Exception as trouble:  # shown by the assertion below
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert len(receipts) == 50
    assert len(set(receipts)) == 1
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_draft_with_two_keys_at_once_still_makes_one_case() -> None:
    from yiwang.capability.intake.actions import AlreadyHandedIn

    sample.publish(CODE, at=AT)
    person = sample.elder(at=AT)
    me = sample.citizen(person)
    draft = sample.filled(CODE, me, sample.allowance_answers(person), at=AT)
    outcomes: list[str] = []

    def once() -> None:
        try:
            journey.submit(draft_key=draft, idempotency_key=new_key(), actor=me, at=AT)
            outcomes.append("receipt")
        except AlreadyHandedIn:
            outcomes.append("already")
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already"] * 19 + ["receipt"]
    assert Case.objects.count() == 1


def test_handing_in_takes_ten_statements(me: Actor, person, django_assert_num_queries: Any) -> None:
    """Each of them once, and none of them for what this item does not have (uploads)."""
    hand_in(me, person)  # published parts are in memory now
    draft = sample.filled(CODE, me, sample.allowance_answers(person), at=AT)
    with django_assert_num_queries(10 + SAVEPOINT):
        journey.submit(draft_key=draft, idempotency_key=new_key(), actor=me, at=AT)
