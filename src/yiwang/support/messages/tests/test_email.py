from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.support.messages import actions, queries, rules
from yiwang.support.messages.definitions import EmailRefused, EmailState, parse
from yiwang.support.messages.drivers.simulator import EmailSimulator, NoMailServer
from yiwang.support.messages.models import Email, EmailAddress

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 14, 1, tzinfo=UTC)
VALUES = {
    "item_name": "高龄津贴",
    "case_no": "20261214-7",
    "answer_by": "12月18日",
    "next_step": "",
}
ADDRESS = "ma.xiaoyan@example.com"


def tell(recipient: str, **more):
    given = {"template": "case-submitted", "values": VALUES, "subject": "case:x", "at": AT} | more
    return actions.tell(recipient=recipient, **given)


@pytest.fixture
def person():
    who = people.register_person(1, at=AT)
    actions.keep_address(owner=who.reference, address=ADDRESS, at=AT)
    return who


class Recording:
    """A mail server that takes everything, or answers as it is told."""

    sent: ClassVar[list] = []
    failing: ClassVar[list[Exception]] = []

    def send(self, *, key, address, title, text, written_at):
        if self.failing:
            raise self.failing.pop()
        self.sent.append((key, address, title, text))
        return "taken"


@pytest.fixture
def server(settings):
    settings.EMAIL_DRIVER = f"{__name__}.Recording"
    Recording.sent, Recording.failing = [], []
    return Recording


def test_a_notice_goes_out_as_an_email_too_after_the_commit(person, server):
    told = tell(person.reference)
    assert server.sent == []
    jobs.run_waiting(at=AT)
    [(key, address, title, text)] = server.sent
    row = Email.objects.get()
    assert (key, address, title) == (row.key, ADDRESS, "申请已收到")
    assert text.startswith(told.text)
    assert f"/my/messages/?message={told.key}" in text
    assert "单位" not in text
    assert (row.state, row.receipt, row.sent_at) == (EmailState.SENT, "taken", AT)
    assert row.address_masked == "m***@example.com"


def test_nobody_without_a_confirmed_address_is_mailed(server):
    who = people.register_person(2, at=AT)
    tell(who.reference)
    assert not Email.objects.exists()


def test_an_official_is_mailed_with_a_link_to_his_desk(server):
    actions.keep_address(owner="official:a", address="a@example.com", at=AT)
    tell("official:a", template="announcement", values={"title": "好", "text": "正文"})
    assert "/desk/messages/?message=" in Email.objects.get().text


def test_a_firms_notice_is_mailed_to_its_representative_and_says_whose_it_is(person, server):
    firm = people.register_organization(1, at=AT, legal_representative=person.reference)
    tell(firm.reference)
    jobs.run_waiting(at=AT)
    [(_, address, _, text)] = server.sent
    assert address == ADDRESS
    assert "替单位办事" in text


def test_a_firm_without_a_representative_and_nobody_at_all_are_told_in_the_inbox_only(server):
    firm = people.register_organization(2, at=AT)
    tell(firm.reference)
    assert not Email.objects.exists()


def test_the_same_key_is_mailed_once_and_a_job_that_runs_twice_sends_once(person, server):
    for _ in range(2):
        tell(person.reference, key="0123456789abcdef")
    key = Email.objects.get().key
    for _ in range(2):
        actions.send_email(email=key, at=AT)
    assert len(server.sent) == 1


def test_a_server_that_is_away_leaves_the_email_waiting_for_the_next_try(person, server):
    tell(person.reference)
    server.failing.append(ConnectionError("away"))
    jobs.run_waiting(at=AT)
    assert (Email.objects.get().state, server.sent) == (EmailState.WAITING, [])
    actions.send_email(email=Email.objects.get().key, at=AT)
    assert Email.objects.get().state == EmailState.SENT


def test_an_address_that_takes_no_mail_is_not_tried_again_and_its_owner_sees_it(person, server):
    tell(person.reference)
    server.failing.append(EmailRefused("550"))
    jobs.run_waiting(at=AT)
    row = Email.objects.get()
    assert (row.state, row.receipt, row.sent_at) == (EmailState.REFUSED, "550", None)
    assert queries.find_address(person.reference).refused_at == AT
    actions.keep_address(owner=person.reference, address="new@example.com", at=AT)
    assert queries.find_address(person.reference).refused_at is None


def test_who_gives_up_the_address_gets_not_even_what_waited(person, server):
    tell(person.reference)
    assert actions.drop_address(owner=person.reference) is True
    assert actions.drop_address(owner=person.reference) is False
    jobs.run_waiting(at=AT)
    assert server.sent == []
    assert Email.objects.get().state == EmailState.DROPPED
    tell(person.reference)
    assert Email.objects.count() == 1


def test_a_changed_address_gets_what_waited_and_the_old_one_is_told_once(person, server):
    tell(person.reference)
    for _ in range(2):
        actions.keep_address(owner=person.reference, address="new@example.com", at=AT)
    jobs.run_waiting(at=AT)
    assert sorted((address, title) for _, address, title, _ in server.sent) == [
        (ADDRESS, "通知邮箱已经更换"),
        ("new@example.com", "申请已收到"),
    ]


def test_a_template_says_no_and_nothing_is_mailed(person, server):
    own = parse("case-submitted", "标题：收到\n邮件：否\n\n{case_no}")
    actions.publish_notices(item_code="x", version=1, notices=[own])
    tell(person.reference, template="x@1/case-submitted")
    assert not Email.objects.exists()
    tell(person.reference, template="x@2/case-submitted")
    assert Email.objects.count() == 1


def test_the_line_about_email_says_no_and_nothing_else():
    assert parse("a", "标题：好\n短信：好\n邮件：否\n\n正文").email is False
    assert parse("a", "标题：好\n\n正文").email is True
    with pytest.raises(InvalidInput) as caught:
        parse("a", "标题：好\n邮件：也许\n\n正文")
    assert [p.sentence for p in caught.value.fields] == ["“邮件：”一行只能写“否”。"]


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x1b"])
def test_a_title_cannot_become_a_second_header(person, server, breaker):
    value = f"高龄{breaker}Bcc: thief@example.com"
    tell(person.reference, template="announcement", values={"title": value, "text": "正文"})
    jobs.run_waiting(at=AT)
    [(_, _, title, _)] = server.sent
    assert title.isprintable()
    assert rules.one_line(title) == title == "高龄 Bcc: thief@example.com"


def test_address_title_and_text_lie_encrypted_and_no_job_knows_them(person):
    tell(person.reference)
    with transaction.atomic():
        actions.write_email(
            owner="person:b",
            address="other@example.com",
            template="email-code",
            values={"code": "471108", "minutes": "30"},
            at=AT,
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "select row_to_json(m)::text from messages_email m union all"
            " select row_to_json(s)::text from messages_emailaddress s union all"
            " select row_to_json(j)::text from procrastinate_jobs j"
        )
        stored = "".join(row[0] for row in cursor.fetchall())
    for closed in (ADDRESS, "ma.xiaoyan", "other@", "20261214-7", "471108"):
        assert closed not in stored


def test_an_installation_without_a_driver_sends_none_and_drops_what_waits(person, settings):
    tell(person.reference)
    settings.EMAIL_DRIVER = ""
    tell(person.reference)
    jobs.run_waiting(at=AT)
    assert Email.objects.get().state == EmailState.DROPPED


def test_the_simulators_page_is_the_samples_only(person, settings):
    tell(person.reference, at=AT + timedelta(minutes=1))
    jobs.run_waiting(at=AT)
    [seen] = queries.list_simulated_emails()
    assert (seen.address_masked, seen.state) == ("m***@example.com", EmailState.SENT)
    assert "20261214-7" in seen.text
    settings.SAMPLE = False
    with pytest.raises(NotFound):
        queries.list_simulated_emails()
    with pytest.raises(NoMailServer):
        EmailSimulator().send(key="k", address="a@b.example", title="", text="", written_at=AT)


def test_an_email_is_written_in_a_transaction_and_only_confirmed_rows_are_kept(person):
    row = EmailAddress.objects.get()
    assert (row.owner, row.address) == (person.reference, ADDRESS)


def test_a_real_installation_starts_without_email_but_not_with_half_a_server(settings):
    from yiwang.support.messages.checks import email_leaves_for_real as check

    assert check() == []
    settings.SAMPLE = False
    assert [found.id for found in check()] == ["messages.E002"]
    settings.EMAIL_DRIVER = ""
    assert check() == []
    settings.EMAIL_DRIVER = "yiwang.support.messages.drivers.smtp.Smtp"
    settings.SMTP_HOST, settings.SMTP_TLS, settings.EMAIL_FROM = "", "none", "nobody"
    assert [found.id for found in check()] == ["messages.E003"] * 3
    settings.SMTP_HOST, settings.SMTP_TLS = "mail.example", "implicit"
    settings.EMAIL_FROM = "no-reply@example.com"
    assert check() == []
