"""Somebody asks about a look at his data; his question is answered in time, by somebody else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import actions as clock_actions
from yiwang.mechanisms.clocks.events import ClockTurnedRed
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.enquiries import actions, queries, reactions, sample
from yiwang.support.enquiries.definitions import CLOCK, EnquiryKind, EnquiryState, Finding
from yiwang.support.enquiries.events import EnquiryAnswered
from yiwang.support.enquiries.models import Enquiry
from yiwang.support.enquiries.refusals import AlreadyAnswered, AlreadyAsked, OwnLook
from yiwang.support.messages import queries as messages

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HERE, BODY, OTHER = "620102000000", "11620102MB0000001A", "11620102MB0000002B"
ME = Actor(ActorKind.PERSON, "person:aaaaaaaaaaaaaaaa", "马**")
STRANGER = Actor(ActorKind.PERSON, "person:bbbbbbbbbbbbbbbb", "罗**")


def officer(body: str | None = BODY, role: Role = Role.DATA_OFFICER, key: str = "o") -> Actor:
    grants = (Grant(role, HERE, body),)
    return Actor(ActorKind.OFFICIAL, f"official:{key * 16}", "宋立新", grants=grants)


def ask(**more) -> str:
    return sample.enquiry(ME, division_code=HERE, department=BODY, at=AT, **more)


def answer(key: str, actor: Actor | None = None, **more) -> None:
    given = {"finding": Finding.IN_ORDER, "words": "为了发津贴，依法核对。", **more}
    actions.answer(key=key, actor=actor or officer(), at=AT, **given)


def test_a_question_starts_a_clock_of_ten_working_days():
    found = queries.get_enquiry(ask(), ME, at=AT)
    assert (found.state, found.clock.due_on) == (EnquiryState.OPEN, date(2026, 3, 16))


def test_the_bodys_data_officer_answers_and_the_person_is_told():
    key = ask(kind=EnquiryKind.OBJECTION)
    [waiting] = queries.list_enquiries(officer(), at=AT)
    assert (waiting.key, waiting.kind_label) == (key, "异议")
    answer(key)
    found = queries.get_enquiry(key, ME, at=AT)
    assert (found.answer, found.finding_label) == ("为了发津贴，依法核对。", "查询符合规定")
    assert found.clock.stopped_on is not None
    assert queries.list_enquiries(officer(), at=AT) == ()
    assert [one.key for one in queries.list_enquiries(officer(), at=AT, answered=True)] == [key]
    [entry] = [
        e for e in journal.list_entries(subject=found.reference) if e.act == EnquiryAnswered.name
    ]
    event = EnquiryAnswered(subject=entry.subject, at=entry.at, **entry.facts)
    for _ in range(2):
        reactions.tell_answered(event=event, position=7)
    [message] = messages.list_messages(ME)
    assert "查询符合规定" in message.text


def test_one_look_is_asked_about_once():
    ask()
    with pytest.raises(AlreadyAsked):
        ask()
    ask(look="call-2")


def test_it_is_answered_once():
    key = ask()
    answer(key)
    with pytest.raises(AlreadyAnswered):
        answer(key)


@pytest.mark.parametrize(
    "stranger",
    [STRANGER, officer(OTHER), officer(role=Role.HANDLER), officer(role=Role.OPERATOR)],
)
def test_nobody_else_sees_or_answers_it(stranger):
    key = ask()
    with pytest.raises(NotFound):
        queries.get_enquiry(key, stranger, at=AT)
    with pytest.raises(NotFound):
        answer(key, stranger)


def test_the_asker_does_not_answer_himself():
    with pytest.raises(NotFound):
        answer(ask(), ME)


def test_whoever_looked_does_not_answer_for_it():
    key = ask(looker=officer().reference)
    with pytest.raises(OwnLook):
        answer(key)
    answer(key, officer(key="p"))


def test_the_authority_of_the_place_sees_all_of_it():
    key = ask()
    assert queries.get_enquiry(key, officer(None, Role.DATA_AUTHORITY), at=AT).key == key


@pytest.mark.parametrize("words", ["", "  ", "长" * 2001])
def test_empty_or_endless_words_are_sent_back(words):
    key = ask()
    with pytest.raises(InvalidInput):
        answer(key, words=words)


def test_an_official_does_not_ask():
    with pytest.raises(NotAllowed):
        sample.enquiry(officer(), division_code=HERE, department=BODY, at=AT)


def test_a_day_that_went_by_becomes_a_fact():
    key = ask()
    late = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)
    clock_actions.warn(at=late, actor=officer())
    red = ClockTurnedRed(subject=f"enquiry:{key}", at=late, kind=CLOCK, due_on="2026-03-16")
    reactions.tell_late(event=red, at=late)
    acts = [e.act for e in journal.list_entries(subject=f"enquiry:{key}")]
    assert "enquiries.enquiry_late" in acts


def test_the_words_lie_encrypted_and_never_in_the_journal():
    key = ask()
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM enquiries_enquiry")
        assert "户籍" not in cursor.fetchone()[0]
    assert all("户籍" not in str(e.facts) for e in journal.list_entries(subject=f"enquiry:{key}"))
    assert Enquiry.objects.get(key=key).words == "为什么要查我的户籍？"
