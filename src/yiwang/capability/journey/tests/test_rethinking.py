"""More time with the head's approval; a person against the machine; a correction that never came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseFilter, CaseStatus, CaseView
from yiwang.capability.entitlements import actions as entitlement_actions
from yiwang.capability.entitlements import queries as entitlements
from yiwang.capability.journey import reactions, sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.events import ClockTurnedRed
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as directory
from yiwang.support.letters import queries as letters
from yiwang.support.licences import queries as licences

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
QUESTIONS = {"place": "shop", "proof": "declaration", "operator": "mainland", "approval": "none"}


@pytest.fixture
def shop(db):
    directory.load_chengguan()
    item = sample.publish(sample.BUSINESS, at=AT)
    person = libraries.register_person(5, at=AT, born_on=date(1980, 1, 1))
    return item, person, sample.citizen(person)


@pytest.fixture
def allowance(db):
    item = sample.publish(sample.ALLOWANCE, at=AT)
    person = sample.elder(at=AT)
    return item, person, sample.citizen(person)


def open_shop(me, person, *, by_person: bool) -> CaseView:
    receipt = sample.submitted(
        sample.BUSINESS, me, sample.business_answers(person), at=AT, questions=QUESTIONS,
        by_person=by_person,
    )  # fmt: skip
    jobs.run_waiting(at=AT)
    return cases.get_case(receipt.case_key, me, at=AT)


def kinds(case: CaseView) -> list[str]:
    return [letter.kind for letter in letters.list_letters(case.reference)]


def test_three_working_days_more_need_a_second_person_a_reason_and_a_letter(shop) -> None:
    item, person, me = shop
    case = open_shop(me, person, by_person=True)
    first = sample.official(item)
    head = sample.official(item, name="head")
    assert case.clocks[0].due_on == date(2026, 3, 5)
    with pytest.raises(InvalidInput):
        journey.ask_extension(
            case_key=case.key, version=case.version, reason=" ", actor=first, at=AT
        )
    case = journey.ask_extension(
        case_key=case.key, version=case.version, reason="名称要研究", actor=first, at=AT
    )
    assert case.clocks[0].due_on == date(2026, 3, 5)  # asking alone moves nothing
    with pytest.raises(case_actions.SecondPersonNeeded):
        journey.grant_extension(case_key=case.key, version=case.version, actor=first, at=AT)
    case = journey.grant_extension(case_key=case.key, version=case.version, actor=head, at=AT)
    assert case.clocks[0].due_on == date(2026, 3, 10)
    assert "EXTENSION" in kinds(case)
    assert "从 2026-03-05 改为 2026-03-10" in [row.detail for row in case.timeline]
    assert "ask_extension" not in {act.name for act in case.acts}
    with pytest.raises(CannotDo):  # once
        journey.ask_extension(
            case_key=case.key, version=case.version, reason="再要", actor=first, at=AT
        )


def test_a_window_clerk_may_ask_for_more_time_and_not_grant_it(shop) -> None:
    item, person, me = shop
    case = open_shop(me, person, by_person=True)
    clerk = sample.official(item, Role.WINDOW_CLERK, name="qian")
    case = journey.ask_extension(
        case_key=case.key, version=case.version, reason="复杂", actor=clerk, at=AT
    )
    other = sample.official(item, Role.WINDOW_CLERK, name="sun")
    with pytest.raises(NotAllowed):
        journey.grant_extension(case_key=case.key, version=case.version, actor=other, at=AT)


def test_a_declined_extension_leaves_the_limit(shop) -> None:
    item, person, me = shop
    case, head = open_shop(me, person, by_person=True), sample.official(item, name="head")
    case = journey.ask_extension(
        case_key=case.key, version=case.version, reason="复杂", actor=sample.official(item), at=AT
    )
    case = journey.decline_extension(case_key=case.key, version=case.version, actor=head, at=AT)
    assert case.clocks[0].due_on == date(2026, 3, 5)
    assert "EXTENSION" not in kinds(case)


def test_benefits_know_no_such_extension(allowance) -> None:
    item, person, me = allowance
    receipt = sample.submitted(
        sample.ALLOWANCE, me, sample.allowance_answers(person), at=AT, by_person=True
    )
    jobs.run_waiting(at=AT)
    with pytest.raises(CannotDo):
        journey.ask_extension(
            case_key=receipt.case_key, version=2, reason="复杂", actor=sample.official(item), at=AT
        )


def test_a_person_revokes_the_machines_licence_and_a_new_decision_gives_a_new_one(shop) -> None:
    item, person, me = shop
    case = open_shop(me, person, by_person=False)
    first = licences.find_case_licence(case.reference, at=AT)
    assert first is not None
    officer = sample.official(item)
    with pytest.raises(CannotDo):  # nobody asked for a person
        journey.revoke_by_person(
            case_key=case.key, version=case.version, reason="错", actor=officer, at=AT
        )
    case = journey.ask_for_person(case_key=case.key, actor=me, at=AT)
    later = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    case = journey.revoke_by_person(
        case_key=case.key, version=case.version, reason="地址不实", actor=officer, at=later
    )
    assert case.state == "WITH_OFFICIAL"
    assert case.decision is None
    assert case.result is None
    assert case.clocks[0].due_on == date(2026, 3, 9)
    assert "REVOCATION" in kinds(case)
    code = first.verify_code
    assert licences.verify_licence(code=code, at=later).state == "REVOKED"
    assert [one.reason for one in cases.list_revoked(case.key)] == ["地址不实"]
    case = journey.decide(
        case_key=case.key, version=case.version, outcome="APPROVE", reason="已更正",
        actor=officer, at=later,
    )  # fmt: skip
    second = licences.find_case_licence(case.reference, at=later)
    assert second is not None
    assert (second.state, second.key != first.key) == ("VALID", True)
    assert case.decision is not None
    assert not case.decision.by_rule


@pytest.fixture
def revoked(allowance):
    """A rule granted the allowance, a person asked for a person, the official took it back."""
    item, person, me = allowance
    receipt = sample.submitted(sample.ALLOWANCE, me, sample.allowance_answers(person), at=AT)
    jobs.run_waiting(at=AT)
    case = journey.ask_for_person(case_key=receipt.case_key, actor=me, at=AT)
    officer = sample.official(item)
    case = journey.revoke_by_person(
        case_key=case.key, version=case.version, reason="户籍有误", actor=officer, at=AT
    )
    return item, me, officer, case


def benefit_of(case: CaseView):
    granted = entitlements.find_case_entitlement(case.reference)
    assert granted is not None
    return granted


def decided_anew(case: CaseView, outcome: str, officer, *, at: datetime) -> CaseView:
    case = journey.accept(case_key=case.key, version=case.version, actor=officer, at=at)
    return journey.decide(
        case_key=case.key, version=case.version, outcome=outcome, reason="户籍不在本区",
        actor=officer, at=at,
    )  # fmt: skip


def test_a_benefit_is_paid_on_while_it_is_decided_anew_and_after_a_yes(revoked) -> None:
    _item, _me, officer, case = revoked
    assert benefit_of(case).state == "ACTIVE"
    assert "STOP_OF_BENEFIT" not in kinds(case)
    letter = next(one for one in letters.list_letters(case.reference) if one.kind == "REVOCATION")
    said = "".join(letters.open_face(letter.key, subject=case.reference).paragraphs)
    assert "照常发放" in said
    case = decided_anew(case, "APPROVE", officer, at=AT)
    assert (case.state, benefit_of(case).state) == ("CLOSED", "ACTIVE")


def test_a_no_after_all_announces_the_stop_with_its_reasons_and_an_official_confirms_it(
    revoked,
) -> None:
    _item, _me, officer, case = revoked
    april = datetime(2026, 4, 20, 2, 0, tzinfo=UTC)
    case = decided_anew(case, "REJECT", officer, at=april)
    granted = benefit_of(case)
    assert case.state == "CLOSED"
    assert (granted.state, granted.object_by) == ("NOTIFIED", date(2026, 5, 5))
    assert granted.stops_on == date(2026, 6, 1)  # what is paid meanwhile is never owed back
    assert kinds(case)[-2:] == ["REJECTION", "STOP_OF_BENEFIT"]
    face = letters.open_face(granted.notice_letter, subject=case.reference)
    assert "不再符合条件：户籍不在本区" in "".join(face.paragraphs)
    assert entitlements.count_stoppable(officer, on=date(2026, 5, 5)) == 0
    early = datetime(2026, 5, 5, 2, 0, tzinfo=UTC)
    with pytest.raises(entitlement_actions.CannotStop):
        entitlement_actions.stop(key=granted.key, version=granted.version, at=early, actor=officer)
    later = datetime(2026, 5, 6, 2, 0, tzinfo=UTC)
    assert entitlements.count_stoppable(officer, on=date(2026, 5, 6)) == 1
    stopped = entitlement_actions.stop(
        key=granted.key, version=granted.version, at=later, actor=officer
    )
    assert (stopped.state, stopped.owed_back_fen) == ("STOPPED", 0)
    assert entitlements.count_stoppable(officer, on=date(2026, 5, 6)) == 0


def test_a_case_not_accepted_after_all_announces_the_stop_too(revoked) -> None:
    _item, _me, officer, case = revoked
    case = journey.refuse_acceptance(
        case_key=case.key, version=case.version, reason="不属于本区", actor=officer, at=AT
    )
    assert benefit_of(case).state == "NOTIFIED"
    assert kinds(case)[-2:] == ["REFUSAL_OF_ACCEPTANCE", "STOP_OF_BENEFIT"]


def test_a_withdrawal_of_what_was_granted_announces_the_stop_too(revoked) -> None:
    _item, me, _officer, case = revoked
    case = journey.withdraw(case_key=case.key, version=case.version, actor=me, at=AT)
    assert (benefit_of(case).state, benefit_of(case).stop_reason) == ("NOTIFIED", "OWN_WISH")


def test_a_stop_already_announced_keeps_its_own_reason_and_dates(revoked) -> None:
    _item, _me, officer, case = revoked
    granted = benefit_of(case)
    told = entitlement_actions.announce_stop(
        key=granted.key, version=granted.version, reason="DEATH", stops_on=date(2026, 3, 1),
        object_by=date(2026, 3, 20), addressee="马晓燕", body="城关区民政局", basis="本地规定（示例）",
        at=AT, actor=officer,
    )  # fmt: skip
    assert decided_anew(case, "REJECT", officer, at=AT).state == "CLOSED"
    assert benefit_of(case) == told


def test_what_was_not_mended_in_time_goes_to_the_official_and_can_still_be_mended(
    allowance,
) -> None:
    item, person, me = allowance
    receipt = sample.submitted(
        sample.ALLOWANCE, me, sample.allowance_answers(person), at=AT, by_person=True
    )
    jobs.run_waiting(at=AT)
    officer = sample.official(item)
    case = cases.get_case(receipt.case_key, me, at=AT)
    case = journey.return_for_correction(
        case_key=case.key, version=case.version, problems=["电话"], actor=officer, at=AT
    )
    late = datetime(2026, 3, 30, 2, 0, tzinfo=UTC)
    assert clocks.warn(at=late, actor=machine("clock")) >= 1
    red = [e for e in journal.list_entries(subject=case.reference) if e.act == ClockTurnedRed.name]
    assert [entry.facts["kind"] for entry in red] == ["supply"]
    event = ClockTurnedRed(subject=case.reference, at=late, kind="supply", due_on="2026-03-23")
    for _ in range(2):
        reactions.pass_on_overdue(event=event, position=1, at=late)
    case = cases.get_case(case.key, me, at=late)
    assert case.state == "WITH_OFFICIAL"
    assert case.headline.startswith("补正期限已过，城关区民政局接着办，您还可以补正")
    waiting = cases.list_cases(
        officer, at=late, filter=CaseFilter(status=CaseStatus.WAITING_FOR_OFFICIAL)
    )
    assert [row.key for row in waiting.rows] == [case.key]
    assert "supply_correction" in {act.name for act in case.acts}
    case = journey.supply_correction(
        case_key=case.key, version=case.version, answers={"phone": "13900000009"}, actor=me, at=late
    )
    assert case.state == "WITH_OFFICIAL"
    assert not case.headline.startswith("补正期限已过")
    assert "supply_correction" not in {act.name for act in case.acts}


def test_an_official_does_not_handle_what_is_theirs_as_a_citizen(shop) -> None:
    item, person, me = shop
    case = open_shop(me, person, by_person=True)
    same = replace(sample.official(item), person=person.reference)
    assert cases.get_case(case.key, same, at=AT).acts == ()
    with pytest.raises(case_actions.NotYourOwnCase):
        journey.decide(
            case_key=case.key, version=case.version, outcome="APPROVE", reason="好",
            actor=same, at=AT,
        )  # fmt: skip
