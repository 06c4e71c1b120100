"""At a member: whom the host let in stays in only while the host stands by it."""

from datetime import timedelta

import pytest
from django.test import Client

from yiwang.foundation.exchange.definitions import CallStatus
from yiwang.kernel import moments
from yiwang.mechanisms.jobs.registry import PERIODIC
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.nodes.models import NodeContact
from yiwang.support.identity import actions, jobs, queries, sample
from yiwang.support.identity.actions import vouched
from yiwang.support.identity.definitions import COOKIE
from yiwang.support.identity.definitions.sso import ASK_EVERY, SILENCE, STANDING
from yiwang.support.identity.models import SignIn
from yiwang.support.identity.tests.test_arriving import arrive, depart, host  # noqa: F401

MINUTE = timedelta(minutes=1)


@pytest.fixture
def came(host, at):  # noqa: F811
    """Somebody the host let in, and what the host says from now on."""
    signed_in = arrive(depart(at), at).signed_in
    host.asked.clear()
    host.told = {"standing": [SignIn.objects.get().vouched_by]}
    host.signed_in, host.key = signed_in, SignIn.objects.get().key
    return host


def is_in(came, at):
    session = queries.find_session(came.signed_in.token, at=at)
    if session is not None:
        actions.keep_alive(session_key=session.key, actor=session.actor, at=at)
    return session is not None


def use(came, at, *, minutes, every=1):
    """Uses the session and lets the round run, minute by minute; how many minutes it lasted."""
    for minute in range(every, minutes + 1, every):
        now = at + minute * MINUTE
        actions.ask_host(at=now)
        if not is_in(came, now):
            return minute
    return None


def test_the_round_runs_every_minute():
    assert PERIODIC["identity.ask_host"].minutes == 1
    assert jobs.ask_host.__module__ == "yiwang.support.identity.jobs"


def test_a_session_the_host_stands_by_goes_on_and_is_asked_about_every_two_minutes(came, at):
    assert use(came, at, minutes=90) is None
    assert len(came.asked) == 45
    question = came.asked[0]
    assert (question["service"], question["purpose"]) == (f"63/{STANDING.name}", "统一身份认证")
    assert question["parameters"] == {"codes": came.told["standing"]}


def test_a_consent_taken_back_ends_it_within_minutes_and_on_record(came, at):
    assert use(came, at, minutes=10) is None
    came.told = {"standing": []}
    assert use(came, at + 10 * MINUTE, minutes=5) == 2
    (entry,) = journal.list_entries(subject=f"session:{came.key}")
    assert (entry.act, entry.facts["reason"]) == ("identity.session_ended", "not vouched for")
    assert actions.ask_host(at=at + 20 * MINUTE) == 0


@pytest.mark.parametrize("status", [CallStatus.AWAY, CallStatus.REFUSED, CallStatus.NOT_FOUND])
def test_a_silent_host_throws_nobody_out_at_once_but_not_for_ever(came, at, status):
    assert use(came, at, minutes=2) is None
    came.status = status
    last = at + 2 * MINUTE
    assert use(came, last, minutes=60) == SILENCE / MINUTE
    (entry,) = journal.list_entries(subject=f"session:{came.key}")
    assert entry.facts["reason"] == "host silent"


def test_a_host_that_is_back_in_time_keeps_him_in(came, at):
    came.status = CallStatus.AWAY
    assert use(came, at, minutes=28) is None
    came.status = CallStatus.FOUND
    assert use(came, at + 28 * MINUTE, minutes=40) is None


def test_nobody_goes_on_without_the_hosts_word_where_no_round_runs(came, at):
    assert is_in(came, at + 15 * MINUTE)
    assert is_in(came, at + SILENCE - MINUTE)
    assert not is_in(came, at + SILENCE)
    me = came.signed_in.actor
    assert queries.list_sessions(me, current="", at=at + SILENCE) == ()
    assert len(queries.list_sessions(me, current="", at=at + MINUTE)) == 1


@pytest.mark.parametrize("told", ["nonsense", {"standing": "all"}, {}, None, []])
def test_what_is_no_answer_is_silence(came, at, told):
    came.told = told
    assert actions.ask_host(at=at + ASK_EVERY) == 0
    assert is_in(came, at + ASK_EVERY)


def test_who_signed_in_by_the_members_own_means_is_not_asked_about(host, person, at):  # noqa: F811
    token = sample.session_token(person.reference, at=at)
    assert actions.ask_host(at=at + 5 * MINUTE) == 0
    assert host.asked == []
    assert queries.find_session(token, at=at + 29 * MINUTE).vouched_at is None


def test_the_same_consent_stands_behind_the_session_that_goes_on_for_a_firm(came, at):
    session = queries.find_session(came.signed_in.token, at=at)
    again = actions.choose_organization(
        session_key=session.key, organization=None, actor=session.actor, at=at + MINUTE
    )
    old, new = SignIn.objects.order_by("created_at")
    assert (new.vouched_by, new.vouched_at) == (old.vouched_by, at)
    came.told = {"standing": []}
    assert actions.ask_host(at=at + ASK_EVERY) == 1
    assert queries.find_session(again.token, at=at + ASK_EVERY) is None


def test_a_hundred_and_one_are_asked_about_in_two_questions(came, at):
    row = SignIn.objects.get()
    codes = {row.vouched_by}
    for number in range(100):
        row.token_digest, row.key, row.vouched_by = (
            f"t{number}",
            f"k{number:015d}",
            f"{number:064d}",
        )
        codes.add(row.vouched_by)
        SignIn.objects.bulk_create([row])
    came.told = {"standing": sorted(codes)}
    assert actions.ask_host(at=at + ASK_EVERY) == 0
    asked = [question["parameters"]["codes"] for question in came.asked]
    assert sorted(map(len, asked)) == [1, 100]
    assert {code for codes_of in asked for code in codes_of} == codes


@pytest.fixture
def browser(came, at, monkeypatch):
    """His browser at the member's pages, a minute after he came."""
    moment = at + MINUTE
    monkeypatch.setattr(moments, "now", lambda: moment)
    client = Client()
    client.cookies[COOKIE] = came.signed_in.token
    return client


def test_before_what_binds_the_host_is_asked_and_the_withdrawn_do_nothing(came, browser):
    came.told = {"standing": []}
    assert browser.get("/my/").status_code == 200
    assert came.asked == []
    answer = browser.post("/my/security/sessions/end-others/")
    assert answer.status_code in {302, 303, 401}
    assert "/sign-in/" in answer.get("Location", "/sign-in/")
    assert len(came.asked) == 1
    assert SignIn.objects.get().ended_at is not None
    assert browser.get("/my/").status_code != 200


def test_every_press_is_asked_about_and_who_is_vouched_for_goes_on(came, browser):
    for asked in (1, 2):
        browser.post("/my/security/sessions/end-others/")
        assert len(came.asked) == asked
    assert SignIn.objects.get().ended_at is None


def test_an_act_goes_on_while_the_host_is_silent(came, browser):
    came.status = CallStatus.AWAY
    assert browser.post("/my/security/sessions/end-others/").status_code != 401
    assert browser.get("/my/").status_code == 200
    assert not NodeContact.objects.exists()
    assert vouched.still_vouched(session_key="unknown", at=moments.now()) is False
