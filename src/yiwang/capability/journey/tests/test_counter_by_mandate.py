"""The daughter comes to the hall for her father: the window finds the mandate and acts within it."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import counter, sample
from yiwang.capability.journey.tests.test_counter import (
    AT,
    MINUTE,
    clerk,
    fill,
    found,
    item,
    person,
    receive,
    sign,
    turn,
    window,
)
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import PowerAct
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.journal import queries as entries
from yiwang.support.mandates import actions as mandates
from yiwang.support.mandates import sample as mandate_sample
from yiwang.support.mandates.definitions import BeyondMandate, MandateOver

__all__ = ["item", "person", "turn", "window"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def father(item):
    return people.register_person(9, at=AT, name="马建国", born_on=date(1943, 5, 6))


@pytest.fixture
def given(father, person):
    """For this item, to the daughter, who is the person present."""
    return mandate_sample.give(
        father.reference, person.reference, at=AT, items={sample.PLAIN: "示例事项"}
    )


def act_for(turn, value):
    return counter.act_for(session_key=turn.key, applicant=value, actor=clerk(), at=AT)


def choose(turn):
    return counter.choose_item(
        session_key=turn.key, item_code=sample.PLAIN, questions={}, actor=clerk(), at=AT
    )


def taken_in(turn, person, given):
    found(turn, person)
    act_for(turn, given.reference)
    session = choose(turn)
    fill(session, "城关小店")
    sign(session)
    return receive(turn)


def test_the_window_offers_whom_the_person_may_act_for(turn, person, given):
    session = found(turn, person)
    himself, absent = counter.list_for_whom(session, at=AT)
    assert (himself.value, himself.chosen) == (person.reference, True)
    assert (absent.name, absent.chosen) == ("马建国", False)
    assert "示例事项" in absent.reach
    session = act_for(turn, absent.value)
    assert session.applicant == given.giver
    chosen = [one.value for one in counter.list_for_whom(session, at=AT) if one.chosen]
    assert chosen == [given.reference]


def test_the_case_is_the_fathers_and_says_who_came(turn, person, given):
    session = taken_in(turn, person, given)
    case = cases.get_case(session.case_key, clerk(), at=AT)
    assert case.applicant == given.giver
    assert case.handed_in_by == f"{person.name_masked}代办，窗口收件"
    assert ("提交申请", "代办人，在窗口办") in [(one.label, one.who) for one in case.timeline]
    done = {entry.act for entry in entries.list_acts_under(given.key)}
    assert "cases.case_submitted" in done


def test_it_reaches_no_further_than_the_mandate(turn, person, father):
    given = mandate_sample.give(
        father.reference, person.reference, at=AT, items={"another": "别的事项"}
    )
    found(turn, person)
    act_for(turn, given.reference)
    with pytest.raises(BeyondMandate):
        choose(turn)


def test_who_may_only_look_hands_nothing_in(turn, person, father):
    given = mandate_sample.give(father.reference, person.reference, at=AT, acts=(PowerAct.SEE,))
    found(turn, person)
    act_for(turn, given.reference)
    with pytest.raises(BeyondMandate):
        choose(turn)


def test_what_is_taken_back_ends_at_the_window_with_the_next_step(turn, person, given):
    found(turn, person)
    session = act_for(turn, given.reference)
    assert counter.may_act(session, clerk(), AT)
    mandates.revoke(key=given.key, actor=mandate_sample.self_of(given.giver), at=AT + MINUTE)
    assert not counter.may_act(session, clerk(), AT + MINUTE)
    with pytest.raises(MandateOver):
        choose_later(turn)
    assert [one.value for one in counter.list_for_whom(session, at=AT + MINUTE)] == [
        person.reference
    ]


def choose_later(turn):
    return counter.choose_item(
        session_key=turn.key, item_code=sample.PLAIN, questions={}, actor=clerk(), at=AT + MINUTE
    )


def test_another_s_mandate_and_a_window_s_are_not_offered(turn, person, father, item):
    other = people.register_person(11, at=AT)
    theirs = mandate_sample.give(father.reference, other.reference, at=AT)
    found(turn, person)
    for value in (theirs.reference, father.reference, "mandate:nothing"):
        with pytest.raises(NotFound):
            act_for(turn, value)


def test_the_absent_giver_s_own_things_stay_his(turn, person, given):
    found(turn, person)
    session = act_for(turn, given.reference)
    acting = counter.acting(session, clerk(), AT)
    assert acting.mandate.present is False
    with pytest.raises(NotFound):
        mandates.revoke(key=given.key, actor=acting, at=AT)
