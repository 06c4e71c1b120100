"""At a member: who comes back from the host is found or entered, once, and let in as the host vouches."""

import json
import threading
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as live
from django.db import connection

from yiwang.foundation.exchange.definitions import CallStatus, Reply
from yiwang.foundation.libraries import actions as library
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.libraries.models import Person
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.nodes import actions as nodes
from yiwang.network.nodes import sample as far
from yiwang.network.nodes.definitions import NodeRole
from yiwang.network.nodes.models import NodeContact
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.actions import arriving
from yiwang.support.identity.definitions import NOWHERE, CannotSignIn, Method, Origin, TooManyTries
from yiwang.support.identity.definitions.sso import (
    DEPARTURE_LIFE,
    CannotArrive,
    HostAway,
    NameDiffers,
    NoHost,
    SomebodyElse,
)
from yiwang.support.identity.models import Account, SignIn

HOST = "https://sheng.example"
NEW = people.new_person(7, name="王秀英")
TOLD = {
    "name": NEW.name,
    "citizen_id": NEW.citizen_id,
    "level": 3,
    "raised_level": 0,
    "raised_until": "",
}


@pytest.fixture
def host(db, settings, at, monkeypatch):
    """A member of a far host that answers what ``told`` says."""
    settings.NODE, settings.NODE_NAME, settings.REGISTRY = "620100", "兰州市（示例）", "http://x:1"
    settings.PUBLIC_ADDRESS = "https://lanzhou.example"
    registry = far.far_registry(at=at - timedelta(days=1))
    document = registry.members(version=1, at=at)
    document = registry.issue(
        {
            "nodes": [
                one | {"web": HOST} if one["role"] == NodeRole.HOST else one
                for one in _nodes(document)
            ]
        },
        version=1,
        at=at,
    )
    nodes.take(documents=[document], at=at)
    stand = SimpleNamespace(told=TOLD, status=CallStatus.FOUND, asked=[])

    def call(**question):
        stand.asked.append(question)
        value = stand.told if stand.status is CallStatus.FOUND else None
        return Reply(stand.status, value, (), question["service"], question["at"])

    monkeypatch.setattr(arriving.calls, "call", call)
    yield stand
    (live.YIWANG_HOME / "exchange" / "registry.json").unlink(missing_ok=True)


def _nodes(document):
    return json.loads(document["body"])["nodes"]


def depart(at, **changes):
    given = {"where": "/items/", "firm": False, "level": 2, "session_key": ""} | changes
    return actions.depart(**given, at=at)


def asked_of(departure):
    return {k: v[0] for k, v in parse_qs(urlsplit(departure.address).query).items()}


def arrive(departure, at, **changes):
    given = {"cookie": departure.cookie, "state": asked_of(departure)["state"], "code": "c" * 43}
    return actions.arrive(**given | {"origin": NOWHERE} | changes, at=at)


def test_the_way_there_names_the_registered_host_and_gives_away_no_secret(host, at):
    gone = depart(at)
    assert gone.address.startswith(f"{HOST}/identity/authorize/?node=620100&")
    arrive(gone, at)
    verifier = host.asked[0]["parameters"]["verifier"]
    assert asked_of(gone)["challenge"] == crypto.digest(verifier.encode())
    assert verifier not in gone.address + gone.cookie
    assert "/items/" not in gone.cookie


def test_a_newcomer_is_entered_and_let_in_at_the_hosts_level(host, at):
    arrival = arrive(depart(at), at)
    assert (arrival.next, arrival.firm) == ("/items/", False)
    actor = arrival.signed_in.actor
    person = libraries.get_person(actor.reference)
    assert (person.name, person.born_on, person.division_code) == (
        "王秀英", NEW.born_on, "",
    )  # fmt: skip
    assert "统一身份认证" in person.source
    assert actor.assurance_level == 3
    row = SignIn.objects.get()
    assert (row.method, row.vouched_level) == (Method.HOST, 3)
    session = queries.find_session(arrival.signed_in.token, at=at)
    assert session.actor.assurance_level == 3
    (question,) = host.asked
    assert (question["service"], question["purpose"]) == ("63/identity", "统一身份认证")
    account = Account.objects.get()
    acts = [one.act for one in journal.list_entries(subject=f"account:{account.key}")]
    assert acts == ["identity.account_opened", "identity.signed_in"]


def test_who_has_an_account_here_is_joined_and_keeps_it(host, person, at):
    number = libraries.find_citizen_id(person.reference)
    host.told = TOLD | {"name": "马 晓燕", "citizen_id": number, "level": 4}
    arrival = arrive(depart(at), at)
    assert arrival.signed_in.actor.reference == person.reference
    assert arrival.signed_in.actor.assurance_level == 4
    assert Account.objects.count() == Person.objects.count() == 1
    assert libraries.get_person(person.reference).phone_masked
    assert queries.find_account(person.reference).user_name == "maxiaoyan"


def test_a_registered_person_without_an_account_gets_one_and_keeps_what_is_known(host, at):
    known = library.register_person(person=NEW, actor=sample.GRANTER, at=at)
    arrival = arrive(depart(at), at)
    assert arrival.signed_in.actor.reference == known.reference
    assert libraries.get_person(known.reference).source == known.source


def test_another_name_under_the_number_is_not_joined(host, person, at):
    host.told = TOLD | {"citizen_id": libraries.find_citizen_id(person.reference)}
    with pytest.raises(NameDiffers):
        arrive(depart(at), at)
    assert not SignIn.objects.exists()


def test_a_closed_account_stays_closed(host, person, at):
    account = queries.find_account(person.reference)
    actions.disable_account(account=account.key, actor=sample.GRANTER, at=at)
    number = libraries.find_citizen_id(person.reference)
    host.told = TOLD | {"name": "马晓燕", "citizen_id": number}
    with pytest.raises(CannotSignIn):
        arrive(depart(at), at)


@pytest.mark.parametrize(
    "change",
    [
        lambda gone, other: {"state": asked_of(other)["state"]},
        lambda gone, other: {"state": ""},
        lambda gone, other: {"cookie": ""},
        lambda gone, other: {"cookie": gone.cookie[:-6] + "AAAAA="},
        lambda gone, other: {"cookie": crypto.encrypt("{}", purpose="identity.departure")},
        lambda gone, other: {"cookie": crypto.encrypt("{}", purpose="other")},
        lambda gone, other: {"code": ""},
    ],
    ids=["foreign", "no state", "no cookie", "altered", "empty", "another's", "no code"],
)
def test_a_way_back_that_did_not_begin_here_is_refused_before_the_host_is_asked(host, at, change):
    gone, other = depart(at), depart(at)
    with pytest.raises(CannotArrive):
        arrive(gone, at, **change(gone, other))
    assert host.asked == []


def test_a_way_that_took_too_long_is_over(host, at):
    gone = depart(at)
    with pytest.raises(CannotArrive):
        arrive(gone, at + DEPARTURE_LIFE)
    arrive(gone, at + DEPARTURE_LIFE - timedelta(seconds=1))


@pytest.mark.parametrize("status", [CallStatus.NOT_FOUND, CallStatus.REFUSED])
def test_a_code_the_host_does_not_take_opens_nothing(host, at, status):
    host.status = status
    with pytest.raises(CannotArrive):
        arrive(depart(at), at)
    assert not Person.objects.exists()


def test_a_host_that_is_away_is_said_to_be_and_nobody_is_sent_there(host, at):
    gone = depart(at)
    host.status = CallStatus.AWAY
    with pytest.raises(HostAway):
        arrive(gone, at)
    NodeContact.objects.create(problem="连不上登记机构", since=at)
    with pytest.raises(HostAway):
        depart(at)
    assert queries.find_host().away == at


@pytest.mark.parametrize(
    "change",
    [
        {"citizen_id": NEW.citizen_id[:-1] + ("1" if NEW.citizen_id[-1] != "1" else "2")},
        {"name": ""},
        {"level": 9},
        {"level": "x"},
        {"raised_level": 4, "raised_until": "soon"},
    ],
)
def test_what_is_no_answer_opens_nothing(host, at, change):
    host.told = TOLD | change
    with pytest.raises(HostAway):
        arrive(depart(at), at)
    assert not SignIn.objects.exists()


def test_alone_and_as_a_host_there_is_nobody_to_go_to(db, settings, at):
    settings.REGISTRY = ""
    assert queries.find_host() is None
    with pytest.raises(NoHost):
        depart(at)


def test_what_was_proved_at_the_host_lasts_half_an_hour_here_at_most(host, at):
    host.told = TOLD | {
        "raised_level": 4,
        "raised_until": (at + timedelta(hours=2)).isoformat(),
    }
    signed_in = arrive(depart(at), at).signed_in
    assert signed_in.actor.assurance_level == 4
    assert level(signed_in, at + timedelta(minutes=29)) == 4
    later = at + timedelta(minutes=29)
    session = queries.find_session(signed_in.token, at=later)
    actions.keep_alive(session_key=session.key, actor=session.actor, at=later)
    SignIn.objects.update(vouched_at=later)
    assert level(signed_in, at + timedelta(minutes=31)) == 3


def level(signed_in, at):
    return queries.find_session(signed_in.token, at=at).actor.assurance_level


def test_a_session_is_raised_by_the_host_and_gets_a_new_secret(host, at):
    first = arrive(depart(at), at).signed_in
    key = queries.find_session(first.token, at=at).key
    later = at + timedelta(minutes=5)
    host.told = TOLD | {
        "raised_level": 4,
        "raised_until": (later + timedelta(minutes=30)).isoformat(),
    }
    raised = arrive(depart(later, level=4, session_key=key), later).signed_in
    assert queries.find_session(first.token, at=later) is None
    assert queries.find_session(raised.token, at=later).key == key
    assert level(raised, later) == 4
    assert SignIn.objects.count() == 1


def test_somebody_else_at_the_host_raises_nothing(host, person, at):
    mine = queries.find_session(sample.session_token(person.reference, at=at), at=at)
    with pytest.raises(SomebodyElse):
        arrive(depart(at, level=4, session_key=mine.key), at)
    assert SignIn.objects.get(key=mine.key).raised_to is None


def test_whose_session_ended_on_the_way_is_signed_in_anew(host, at):
    first = arrive(depart(at), at).signed_in
    session = queries.find_session(first.token, at=at)
    actions.sign_out(session_key=session.key, actor=session.actor, at=at)
    again = arrive(depart(at, level=3, session_key=session.key), at).signed_in
    assert queries.find_session(again.token, at=at).key != session.key


def test_one_address_comes_back_at_its_pace(host, at):
    origin = Origin("203.0.113.9")
    for _ in range(30):
        arrive(depart(at), at, origin=origin)
    with pytest.raises(TooManyTries):
        arrive(depart(at), at, origin=origin)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_person(host, at):
    gone = [depart(at), depart(at)]
    failed = []

    def come(one):
        try:
            arrive(one, at)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(one,)) for one in gone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Person.objects.count() == Account.objects.count() == 1
    assert SignIn.objects.count() == 2
