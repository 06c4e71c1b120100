"""The applicant and the official write to each other; nothing stops, both see whose turn it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.conversations import queries as conversations
from yiwang.capability.conversations.models import Remark
from yiwang.capability.journey import together
from yiwang.capability.journey.tests import jointly
from yiwang.capability.journey.tests.jointly import AT, POLICE
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import IdempotencyConflict, InvalidInput, NotFound
from yiwang.mechanisms.clocks import actions as clock_actions
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import sample as file_samples
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.messages import queries as messages

pytestmark = pytest.mark.django_db


@pytest.fixture
def applicant(db):
    jointly.publish()
    return jointly.citizen()


@pytest.fixture
def case(applicant):
    return jointly.handed_in(applicant)


@pytest.fixture
def clerk(applicant):
    return jointly.staff("wang")


def say(case, actor, text="请问什么时候能批下来？", at=AT, **more):
    given = {"idempotency_key": new_key()} | more
    return together.say(case_key=case, text=text, actor=actor, at=at, **given)


def look(case, actor, at=AT):
    return conversations.get_conversation(case, actor, at=at)


def test_both_sides_see_the_words_and_whose_turn_it_is(case, applicant, clerk):
    say(case, applicant)
    assert look(case, applicant).turn_label == "等承办人回复"
    assert look(case, clerk).turn_label == "等您回复"
    say(case, clerk, "请补充施工时间", asks=True)
    assert look(case, applicant).turn_label == "等您回复"
    texts = [remark.text for remark in look(case, applicant).remarks]
    assert texts == ["请问什么时候能批下来？", "请补充施工时间"]
    assert "wang" in look(case, applicant).remarks[1].who


def test_a_question_to_the_applicant_stops_no_clock(case, applicant, clerk):
    before = clocks.find_clocks(subjects=[f"case:{case}"], at=AT)[f"case:{case}"]
    say(case, clerk, "请补充施工时间", asks=True)
    later = AT + timedelta(days=3)
    after = clocks.find_clocks(subjects=[f"case:{case}"], at=later)[f"case:{case}"]
    assert [(c.kind, c.due_on, c.paused) for c in after] == [
        (c.kind, c.due_on, False) for c in before
    ]


def test_the_office_has_promised_an_answer_and_the_answer_ends_the_promise(case, applicant, clerk):
    say(case, applicant)
    assert look(case, applicant).clock.due_on == date(2026, 3, 3)
    say(case, clerk, "还在审查")
    assert look(case, applicant).clock is None
    assert look(case, applicant).turn == "NOBODY"
    say(case, applicant, "谢谢，那要等几天？", at=AT + timedelta(days=1))
    assert look(case, applicant).clock.due_on == date(2026, 3, 4)


def test_a_promise_that_was_not_kept_is_a_fact_with_the_body_that_owes_it(case, applicant):
    say(case, applicant)
    late = AT + timedelta(days=3)
    clock_actions.warn(at=late, actor=applicant)
    jointly.hear(late)
    facts = {e.act: e.facts for e in journal.list_entries(subject=f"case:{case}")}
    assert facts["conversations.reply_late"]["department"] == jointly.LEAD


def test_read_marks_are_the_readers_own(case, applicant, clerk):
    say(case, applicant)
    assert look(case, clerk).unread == 1
    assert look(case, applicant).remarks[0].read is False
    together.mark_talk_read(case_key=case, actor=clerk, at=AT)
    assert look(case, clerk).unread == 0
    assert look(case, applicant).remarks[0].read is True
    assert together.mark_talk_read(case_key=case, actor=clerk, at=AT) == 0


def test_the_office_may_say_that_nothing_is_to_be_answered(case, applicant, clerk):
    say(case, applicant, "谢谢")
    settled = together.settle_talk(case_key=case, actor=clerk, at=AT)
    assert (settled.turn, settled.clock, settled.unread) == ("NOBODY", None, 0)
    with pytest.raises(Exception) as refused:
        together.settle_talk(case_key=case, actor=applicant, at=AT)
    assert refused.value.status == 403


def test_only_the_two_sides_read_and_write(case, applicant):
    say(case, applicant)
    accepted = jointly.accepted(applicant)  # the police are let into this one
    say(accepted, applicant)
    for stranger, which in (
        (jointly.citizen(9), case),
        (jointly.official(POLICE, name="ma"), accepted),
        (jointly.official(place="620103000000"), case),
    ):
        with pytest.raises(NotFound):
            look(which, stranger)
        with pytest.raises(NotFound):
            say(which, stranger)


def test_the_same_form_is_one_message_and_another_text_under_it_is_refused(case, applicant):
    key = new_key()
    say(case, applicant, idempotency_key=key)
    say(case, applicant, idempotency_key=key)
    assert Remark.objects.count() == 1
    with pytest.raises(IdempotencyConflict):
        say(case, applicant, "另一句话", idempotency_key=key)


@pytest.mark.parametrize("text", ["", "   ", "长" * 1001])
def test_nothing_and_too_much_are_refused(case, applicant, text):
    with pytest.raises(InvalidInput):
        say(case, applicant, text)


def test_ten_in_a_row_are_enough_until_the_other_answers(case, applicant, clerk):
    for number in range(10):
        say(case, applicant, f"第 {number} 条")
    with pytest.raises(InvalidInput, match="改一下"):
        say(case, applicant)
    say(case, clerk, "收到")
    assert say(case, applicant).turn == "OFFICE"


def test_a_file_comes_along_and_only_the_two_sides_open_it(case, applicant, clerk):
    stored = files.store(
        data=file_samples.content(Kind.PDF), filename="说明.pdf", actor=applicant, at=AT
    )
    (remark,) = say(case, applicant, stored=[stored]).remarks
    (file,) = remark.files
    for reader in (applicant, clerk):
        opened = together.open_talk_file(case, remark.key, file.key, reader)
        assert opened.filename == "说明.pdf"
    with pytest.raises(NotFound):
        together.open_talk_file(case, remark.key, file.key, jointly.citizen(9))


def test_somebody_elses_file_cannot_be_sent_along(case, applicant, clerk):
    stored = files.store(
        data=file_samples.content(Kind.PDF), filename="说明.pdf", actor=clerk, at=AT
    )
    with pytest.raises(NotFound):
        say(case, applicant, stored=[stored])


def test_the_words_lie_encrypted_and_the_journal_has_none_of_them(case, applicant):
    say(case, applicant, "我的孩子病了")
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM conversations_remark r")
        assert "孩子" not in cursor.fetchone()[0]
    assert "孩子" not in str(journal.list_entries(subject=f"case:{case}"))


def test_the_applicant_hears_that_something_was_written_not_what(case, applicant, clerk):
    say(case, clerk, "您的方案里第三页看不清", asks=True)
    jointly.hear(AT)
    told = [m for m in messages.list_messages(applicant) if m.title == "承办人给您留言"]
    assert len(told) == 1
    assert "第三页" not in told[0].text


def test_what_the_applicant_writes_is_not_sent_back_as_news(case, applicant):
    say(case, applicant)
    jointly.hear(AT)
    assert [m for m in messages.list_messages(applicant) if "留言" in m.title] == []


def test_conversations_that_wait_are_listed_for_the_body_the_longest_waiting_first(
    case, applicant, clerk
):
    other = jointly.handed_in(applicant)
    say(other, applicant)
    say(case, applicant)
    rows = conversations.list_waiting(clerk, at=AT).rows
    assert [row.case_key for row in rows] == [other, case]
    assert conversations.list_waiting(jointly.official(POLICE, name="ma"), at=AT).rows == ()
    assert conversations.list_waiting(applicant, at=AT).rows == ()


def test_when_the_case_has_ended_nobody_writes_and_nobody_owes_an_answer(case, applicant):
    say(case, applicant)
    version = cases.get_inside(case).version
    journey.withdraw(case_key=case, version=version, actor=applicant, at=AT)
    jointly.hear(AT)
    assert look(case, applicant).turn == "NOBODY"
    assert look(case, applicant).may_write is False
    with pytest.raises(Exception, match="已经办结"):
        say(case, applicant)


def test_an_official_does_not_answer_himself(case, applicant):
    from dataclasses import replace

    himself = replace(jointly.official(), person=applicant.reference)
    with pytest.raises(Exception, match="自己的申请"):
        say(case, himself)
    assert look(case, himself).may_write is False


@pytest.mark.django_db(transaction=True)
def test_twenty_messages_at_once_are_numbered_without_a_gap():
    jointly.publish()
    applicant = jointly.citizen()
    case = jointly.handed_in(applicant)
    clerks = [jointly.official(name=f"c{n}") for n in range(20)]

    def one(number):
        try:
            say(case, clerks[number], f"第 {number} 条")
            return "said"
        except InvalidInput:
            return "enough"
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(one, range(20)))
    assert outcomes.count("said") == 10
    numbers = sorted(Remark.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 11))
