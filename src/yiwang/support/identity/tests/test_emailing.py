import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import (
    CODE_TRIES,
    CODES_PER_PHONE_AND_DAY,
    EMAIL_CODE_LIFE,
    AccountKind,
    TooManyTries,
)
from yiwang.support.identity.definitions.factors import NeedsStepUp
from yiwang.support.identity.models import EmailCheck
from yiwang.support.messages import queries as messages

pytestmark = pytest.mark.django_db
ADDRESS = "ma.xiaoyan@example.com"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def me(person, at):
    """A person who signed in just now: the actor and the key of the session."""
    token = sample.session_token(person.reference, at=at)
    session = queries.find_session(token, at=at)
    return session.actor, session.key


def ask(me, at, address=ADDRESS):
    actor, key = me
    actions.ask_email(session_key=key, address=address, actor=actor, at=at)
    newest = messages.list_simulated_emails()[0]
    return re.search(r"\d{6}", newest.text)[0]


def acts(actor):
    account = queries.find_account(actor.reference)
    entries = journal.list_entries(subject=f"account:{account.key}")
    return [entry.act for entry in entries if "email" in entry.act]


def test_only_the_code_leaves_before_the_address_is_confirmed(me, at):
    code = ask(me, at)
    assert messages.find_address(me[0].reference) is None
    assert queries.find_email_check(me[0], at=at) == "m***@example.com"
    actions.confirm_email(code=f" {code} ", actor=me[0], at=at + MINUTE)
    view = messages.find_address(me[0].reference)
    assert (view.masked, view.confirmed_at) == ("m***@example.com", at + MINUTE)
    assert queries.find_email_check(me[0], at=at + MINUTE) == ""
    assert acts(me[0]) == ["identity.email_asked", "identity.email_confirmed"]
    titles = [one.title for one in messages.list_messages(me[0])]
    assert titles == ["登录方式有变化"]


@pytest.mark.parametrize(
    "address",
    ["", "马@example.com", "a@b", "a b@example.com", "a@example.com\r\nBcc: x@example.com",
     "a@example.com, b@example.com", "<a@example.com>", ".a@example.com", "a..b@example.com",
     "a@-b.example", "a@10.0.0.1", "x" * 65 + "@example.com", "a@" + "b." * 130 + "example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_nothing_is_sent(me, at, address):
    with pytest.raises(InvalidInput):
        ask(me, at, address)
    assert not EmailCheck.objects.exists()
    assert messages.list_simulated_emails() == ()


def test_a_full_width_at_and_blanks_are_forgiven(me, at):
    ask(me, at, " ma.xiaoyan＠Example.COM ")
    assert EmailCheck.objects.get().address == ADDRESS


def test_a_wrong_old_used_or_often_tried_code_confirms_nothing(me, at):
    actor, _ = me
    code = ask(me, at)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for given, when in ((wrong, at), (code, at + EMAIL_CODE_LIFE), ("", at)):
        with pytest.raises(InvalidInput):
            actions.confirm_email(code=given, actor=actor, at=when)
    assert messages.find_address(actor.reference) is None
    actions.confirm_email(code=code, actor=actor, at=at)
    with pytest.raises(InvalidInput):
        actions.confirm_email(code=code, actor=actor, at=at)
    again = ask(me, at + 2 * MINUTE, "new@example.com")
    for _ in range(CODE_TRIES):
        with pytest.raises(InvalidInput):
            actions.confirm_email(code="x", actor=actor, at=at + 2 * MINUTE)
    with pytest.raises(InvalidInput):
        actions.confirm_email(code=again, actor=actor, at=at + 2 * MINUTE)
    assert messages.find_address(actor.reference).masked == "m***@example.com"


def test_another_person_cannot_use_my_code(me, at):
    code = ask(me, at)
    other = people.register_person(9, at=at)
    sample.open_person_account(other.reference, at=at)
    stranger = queries.find_session(sample.session_token(other.reference, at=at), at=at).actor
    with pytest.raises(InvalidInput):
        actions.confirm_email(code=code, actor=stranger, at=at)
    assert messages.find_address(other.reference) is None


def test_a_new_code_makes_the_old_one_void_and_codes_are_counted(me, at):
    first = ask(me, at)
    with pytest.raises(TooManyTries):
        ask(me, at + timedelta(seconds=30))
    second = ask(me, at + 2 * MINUTE)
    if first != second:
        with pytest.raises(InvalidInput):
            actions.confirm_email(code=first, actor=me[0], at=at + 2 * MINUTE)
    for more in range(CODES_PER_PHONE_AND_DAY - 2):
        ask(me, at + timedelta(seconds=181 + 61 * more))
    with pytest.raises(TooManyTries):
        ask(me, at + 14 * MINUTE)


def test_changing_tells_the_old_address_and_removing_ends_everything(me, at):
    actor, _ = me
    actions.confirm_email(code=ask(me, at), actor=actor, at=at)
    later = at + 5 * MINUTE
    actions.confirm_email(code=ask(me, later, "new@example.com"), actor=actor, at=later)
    jobs.run_waiting(at=later)
    told = {(one.title, one.address_masked) for one in messages.list_simulated_emails()}
    assert ("通知邮箱已经更换", "m***@example.com") in told
    assert ("登录方式有变化", "n***@example.com") in told
    ask(me, at + 8 * MINUTE, "third@example.com")
    for _ in range(2):
        actions.remove_email(actor=actor, at=at + 9 * MINUTE)
    assert messages.find_address(actor.reference) is None
    assert queries.find_email_check(actor, at=at + 9 * MINUTE) == ""
    assert acts(actor).count("identity.email_removed") == 1


def test_naming_an_address_needs_a_fresh_proof_and_no_token_may(me, at):
    actor, key = me
    with pytest.raises(NeedsStepUp):
        ask(me, at + timedelta(minutes=20))
    program = replace(actor, scopes=frozenset(["messages:read"]))
    with pytest.raises(NotAllowed):
        ask((program, key), at)
    with pytest.raises(NotAllowed):
        actions.confirm_email(code="1", actor=program, at=at)
    with pytest.raises(NotAllowed):
        actions.remove_email(actor=program, at=at)


def test_where_no_emails_are_sent_no_address_is_asked_for(me, at, settings):
    settings.EMAIL_DRIVER = ""
    with pytest.raises(NotFound):
        ask(me, at)


def test_who_left_and_whose_account_was_recovered_is_mailed_no_more(official, person, me, at):
    session = queries.find_session(sample.session_token(official.subject, at=at), at=at)
    theirs = (session.actor, session.key)
    actions.confirm_email(code=ask(theirs, at), actor=theirs[0], at=at)
    actions.disable_account(account=official.key, actor=theirs[0], at=at)
    assert messages.find_address(official.subject) is None
    actions.confirm_email(code=ask(me, at + MINUTE), actor=me[0], at=at + MINUTE)
    grant = ((Role.WINDOW_CLERK, "620102000000", None),)
    first, second = (
        queries.get_actor(sample.open_official_account(name, at=at, grants=grant).key, at=at)
        for name in ("one", "two")
    )
    asked = actions.ask_recovery(
        kind=AccountKind.PERSON, login="maxiaoyan", reason="核对身份证原件", actor=first, at=at
    )
    actions.confirm_recovery(recovery=asked, actor=second, at=at)
    assert messages.find_address(person.reference) is None


def test_the_address_and_its_code_lie_encrypted(me, at):
    code = ask(me, at)
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(c)::text from identity_emailcheck c")
        [(stored,)] = cursor.fetchall()
    assert ADDRESS not in stored
    assert "ma.xiaoyan" not in stored
    assert code not in stored
