"""A daughter applies for her father; nothing beyond what he gave her, and nothing once he took it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as cases
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import sample
from yiwang.capability.materials import queries as materials
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, ActorKind, Grant, PowerAct, Role
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.licences import queries as licences
from yiwang.support.mandates import actions as mandates
from yiwang.support.mandates import queries as mandate_queries
from yiwang.support.mandates import sample as mandate_sample
from yiwang.support.mandates.definitions import BeyondMandate, MandateOver, Presence
from yiwang.support.messages import queries as messages

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
CODE = sample.ALLOWANCE
ITEMS = {CODE: "高龄津贴"}


@pytest.fixture
def father(db):
    sample.publish(CODE, at=AT)
    return sample.elder(at=AT)


@pytest.fixture
def daughter(father):
    return libraries.register_person(2, at=AT)


@pytest.fixture
def him(father) -> Actor:
    return sample.citizen(father)


@pytest.fixture
def her(daughter) -> Actor:
    return sample.citizen(daughter)


def acting(him: Actor, her: Actor, **scope) -> tuple[str, Actor]:
    given = mandate_sample.give(him.reference, her.reference, at=AT, **{"items": ITEMS, **scope})
    actor = mandate_queries.acting_for(actor=her, mandate_key=given.key, at=AT)
    return given.key, actor


def hand_in(actor: Actor, father):
    return sample.submitted(CODE, actor, sample.allowance_answers(father), at=AT)


def test_the_case_is_his_says_who_handed_it_in_and_he_sees_what_she_did(him, her, father) -> None:
    key, for_him = acting(him, her)
    receipt = hand_in(for_him, father)
    jobs.run_waiting(at=AT)
    case = cases.get_case(receipt.case_key, him, at=AT)
    assert case.state == "CLOSED"
    assert (case.applicant, case.on_behalf_of) == (him.reference, him.reference)
    assert case.applicant_name == father.name
    inside = cases.get_inside(receipt.case_key)
    assert inside.submitted_by == her.reference
    with pytest.raises(NotFound):  # herself, without the mandate, she sees nothing of it
        cases.get_case(receipt.case_key, her, at=AT)
    case_actions.read_case(case_key=receipt.case_key, actor=for_him, at=AT)
    (look,) = journal.list_reads_of(him.reference)
    assert (look.actor, look.on_behalf_of, look.mandate) == (her.reference, him.reference, key)
    done = {entry.act for entry in journal.list_acts_under(key)}
    assert {"intake.start", "cases.case_submitted", "READ"} <= done


def test_what_she_was_not_given_she_does_not_do(him, her, father) -> None:
    _key, elsewhere = acting(him, her, items={"individual-business": "个体工商户"})
    with pytest.raises(BeyondMandate):
        journey.start(item_code=CODE, actor=elsewhere, at=AT)
    receipt = hand_in(him, father)
    with pytest.raises(NotFound):
        cases.get_case(receipt.case_key, elsewhere, at=AT)
    assert cases.list_cases(elsewhere, at=AT).rows == ()


def test_who_may_only_look_changes_nothing(him, her, father) -> None:
    draft = journey.start(item_code=CODE, actor=him, at=AT)
    receipt = hand_in(him, father)
    _key, looking = acting(him, her, acts=(PowerAct.SEE,))
    view = cases.get_case(receipt.case_key, looking, at=AT)
    assert view.acts == ()
    with pytest.raises(NotAllowed):
        journey.withdraw(case_key=receipt.case_key, version=view.version, actor=looking, at=AT)
    with pytest.raises(BeyondMandate):
        journey.start(item_code=CODE, actor=looking, at=AT)
    with pytest.raises(NotFound):
        intake.get_draft(draft.key, looking)


def test_his_messages_papers_and_licences_are_not_opened_by_one_item(him, her, father) -> None:
    hand_in(him, father)
    jobs.run_waiting(at=AT)
    _key, for_him = acting(him, her)
    assert materials.list_vault(for_him) == ()
    assert licences.list_licences(for_him, at=AT).rows == ()
    assert messages.list_messages(for_him) == ()


def test_taken_back_her_next_act_is_refused_and_the_draft_stays_his(him, her, father) -> None:
    key, for_him = acting(him, her)
    draft = journey.start(item_code=CODE, actor=for_him, at=AT)
    later = AT + timedelta(seconds=1)
    mandates.revoke(key=key, actor=him, at=later)
    carried = mandate_queries.carry(her, key, at=later)
    with pytest.raises(NotFound):
        journey.answer(draft_key=draft.key, answers={}, version=1, actor=carried, at=later)
    with pytest.raises(MandateOver):
        journey.start(item_code=CODE, actor=carried, at=later)
    with pytest.raises(NotFound):
        journey.submit(draft_key=draft.key, idempotency_key="k", actor=carried, at=later)
    assert intake.get_draft(draft.key, him).key == draft.key


def test_the_clerk_takes_in_for_the_person_present_and_may_accept_it_after(father, him) -> None:
    grant = Grant(Role.WINDOW_CLERK, "620102000000", None)
    approver = Grant(Role.APPROVER, "620102000000", None)
    clerk = Actor(ActorKind.OFFICIAL, "official:wang", "王", grants=(grant, approver))
    key = mandates.open_counter(
        person=father.reference, consent=Presence.CARD_READ, actor=clerk, at=AT
    )
    present = mandate_queries.acting_for(actor=clerk, mandate_key=key, at=AT)
    receipt = sample.submitted(
        CODE, present, sample.allowance_answers(father), at=AT, by_person=True
    )
    jobs.run_waiting(at=AT)
    mandates.close_counter(key=key, actor=clerk, at=AT)
    view = case_actions.read_case(case_key=receipt.case_key, actor=clerk, at=AT)
    assert view.applicant == him.reference
    assert view.acts
    with pytest.raises(BeyondMandate):  # nobody praises himself in another's name
        journey.review(case_key=receipt.case_key, handling="", level=1, actor=present, at=AT)
