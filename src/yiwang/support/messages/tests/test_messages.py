from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.support.messages import actions, queries
from yiwang.support.messages.definitions import CannotTell, SmsState, parse, parse_pack_notice
from yiwang.support.messages.drivers.simulator import NoGateway, Simulator
from yiwang.support.messages.models import Message, Sms

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 14, 1, tzinfo=UTC)
VALUES = {
    "item_name": "高龄津贴",
    "case_no": "20261214-7",
    "answer_by": "12月18日",
    "next_step": "",
}


def _actor(reference: str, **more) -> Actor:
    return Actor(kind=ActorKind.PERSON, reference=reference, **more)


def _tell(recipient: str, **more):
    given = {"template": "case-submitted", "values": VALUES, "subject": "case:x", "at": AT} | more
    return actions.tell(recipient=recipient, **given)


def test_a_person_is_told_in_the_inbox_and_by_short_message():
    person = people.register_person(1, at=AT)
    _tell(person.reference)
    (message,) = queries.list_messages(_actor(person.reference))
    assert (message.title, message.read_at) == ("申请已收到", None)
    assert "20261214-7" in message.text
    (sms,) = queries.list_simulated_sms()
    assert sms.phone_masked == person.phone_masked == "199****0001"
    assert sms.state is SmsState.WAITING
    jobs.run_waiting(at=AT)
    assert queries.list_simulated_sms()[0].state is SmsState.SENT


def test_text_and_phone_lie_encrypted():
    person = people.register_person(1, at=AT)
    _tell(person.reference)
    with connection.cursor() as cursor:
        cursor.execute(
            "select row_to_json(m)::text from messages_message m union all"
            " select row_to_json(s)::text from messages_sms s union all"
            " select row_to_json(j)::text from procrastinate_jobs j"
        )
        stored = "".join(row[0] for row in cursor.fetchall())
    assert "20261214-7" not in stored
    assert "19910000001" not in stored


def test_nobody_sees_or_marks_anothers_message():
    mine = _tell("person:a")
    for actor in (_actor("person:b"), ANONYMOUS, _actor("person:a", on_behalf_of="organization:f")):
        assert queries.list_messages(actor) == ()
        assert queries.count_unread(actor) == 0
        with pytest.raises(NotFound):
            queries.get_message(mine.key, actor)
        with pytest.raises(NotFound):
            actions.mark_read(key=mine.key, actor=actor, at=AT)
        with pytest.raises(NotFound):
            queries.list_messages(actor, after=mine.key)
    assert Message.objects.get().read_at is None


def test_a_firms_message_is_read_by_who_acts_for_it_and_texted_to_its_representative():
    boss = people.register_person(2, at=AT)
    firm = people.register_organization(1, at=AT, legal_representative=boss.reference)
    _tell(firm.reference)
    acting = _actor(boss.reference, on_behalf_of=firm.reference)
    assert len(queries.list_messages(acting)) == 1
    assert queries.list_messages(_actor(boss.reference)) == ()
    assert queries.list_simulated_sms()[0].phone_masked == boss.phone_masked


def test_reading_is_noted_once_and_lowers_the_count():
    actor = _actor("person:a")
    message = _tell("person:a")
    assert queries.count_unread(actor) == 1
    actions.mark_read(key=message.key, actor=actor, at=AT)
    actions.mark_read(key=message.key, actor=actor, at=AT + timedelta(hours=1))
    assert queries.get_message(message.key, actor).read_at == AT
    assert queries.count_unread(actor) == 0
    assert actions.mark_all_read(actor=actor, at=AT) == 0


def test_the_inbox_is_paged_newest_first_without_loss():
    for minute in range(7):
        _tell("person:a", at=AT + timedelta(minutes=minute // 2))
    actor, seen, after = _actor("person:a"), [], ""
    while page := queries.list_messages(actor, after=after, limit=3):
        seen += page
        after = page[-1].key
    assert len({m.key for m in seen}) == 7
    assert [m.sent_at for m in seen] == sorted((m.sent_at for m in seen), reverse=True)


def test_the_same_key_tells_once():
    person = people.register_person(3, at=AT)
    for _ in range(2):
        _tell(person.reference, key="0123456789abcdef")
    assert Message.objects.count() == Sms.objects.count() == 1


def test_a_packs_own_notice_goes_before_the_platforms_and_is_frozen():
    own = parse("case-submitted", "标题：津贴申请已收到\n\n{case_no}")
    other = parse("case-submitted", "标题：改了\n\n{case_no}")
    actions.publish_notices(item_code="elderly-allowance", version=1, notices=[own])
    actions.publish_notices(item_code="elderly-allowance", version=1, notices=[other])
    assert (
        _tell("person:a", template="elderly-allowance@1/case-submitted").title == "津贴申请已收到"
    )
    assert _tell("person:a", template="elderly-allowance@2/case-submitted").title == "申请已收到"
    with pytest.raises(CannotTell):
        _tell("person:a", template="elderly-allowance@1/nothing")


def test_a_packs_notice_that_wants_what_the_step_cannot_say_gives_way_to_the_platforms():
    own = parse_pack_notice("submitted", "每月 {monthly_yuan} 元")
    bare = parse_pack_notice("withdrawn", "“{item_name}”已撤回")
    actions.publish_notices(item_code="x", version=1, notices=[own, bare])
    assert "20261214-7" in _tell("person:a", template="x@1/case-submitted").text
    told = _tell("person:a", template="x@1/case-withdrawn")
    assert (told.title, told.text) == ("申请已撤回", "“高龄津贴”已撤回")


def test_a_gateway_that_fails_leaves_the_message_waiting(settings):
    settings.SMS_DRIVER = f"{__name__}.Broken"
    person = people.register_person(4, at=AT)
    _tell(person.reference)
    sms = Sms.objects.get()
    with pytest.raises(ConnectionError):
        actions.send_sms(sms=sms.key, at=AT)
    sms.refresh_from_db()
    assert sms.state == SmsState.WAITING


class Broken:
    def send(self, *, key, phone, text):
        raise ConnectionError


def test_a_short_message_that_left_is_not_sent_again(settings):
    settings.SMS_DRIVER = f"{__name__}.Counting"
    with transaction.atomic():
        actions.write_sms(phone="19910000001", text="x", at=AT)
    sms = Sms.objects.get()
    actions.send_sms(sms=sms.key, at=AT)
    actions.send_sms(sms=sms.key, at=AT)
    assert Counting.sent == [(sms.key, "19910000001")]


class Counting:
    sent: ClassVar[list] = []

    def send(self, *, key, phone, text):
        self.sent.append((key, phone))
        return "1"


def test_simulated_messages_are_not_found_outside_the_sample(settings):
    settings.SAMPLE = False
    with pytest.raises(NotFound):
        queries.list_simulated_sms()


def test_a_real_installation_does_not_start_with_the_simulator(settings):
    from yiwang.support.messages.checks import sms_leaves_for_real

    assert sms_leaves_for_real() == []
    settings.SAMPLE = False
    assert [found.id for found in sms_leaves_for_real()] == ["messages.E001"]
    settings.SMS_DRIVER = "gateway.Driver"
    assert sms_leaves_for_real() == []


def test_outside_the_sample_the_simulator_never_says_a_message_was_sent(settings):
    settings.SAMPLE = False
    with pytest.raises(NoGateway):
        Simulator().send(key="k", phone="19900000000", text="")
