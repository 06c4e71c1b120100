"""Messages at one node: published once, in order, handed over until they are taken, never twice in effect."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from urllib.parse import urlencode

import pytest
from django.db import connection

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import GrantState, Way
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.exchange import actions as services
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.partner import BAD_MODES
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.exchange.topics import actions, queries
from yiwang.foundation.exchange.topics.definitions import QueuedState
from yiwang.foundation.exchange.topics.models import Publication, QueuedMessage, Subscription
from yiwang.foundation.exchange.topics.refusals import NotDead
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.mechanisms.journal.models import Entry

#: They mostly wait for another node: first, while others have work for the cores.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(seconds=300)]

TOPIC = "62/licence-changes"
PURPOSE = "核对申请人情况"
FIELDS = ("number", "name", "state", "contact")
SELF = machine("test")
#: Pauses a millionth of the usual ones: thirty tries in a second.
PACE = "0.000001"


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running(YIWANG_CALLBACK_PACE=PACE) as found:
        yield found


class Receiver:
    """A subscriber's system: takes what it is told, answers with the number, drops duplicates."""

    def __init__(self):
        self.heard = []
        self.refuses = set()
        self.lock = threading.Lock()

    def __call__(self, told):
        with self.lock:
            self.heard.append(told)
        taken = told["body"].get("number") not in self.refuses
        return {"message": told["message"] if taken else "no", "note": "收到"}

    def numbers(self):
        return [told["body"]["number"] for told in self.heard]

    def first_time(self):
        """What had an effect, in the order it had it."""
        seen, found = set(), []
        for told in self.heard:
            if told["message"] not in seen:
                seen.add(told["message"])
                found.append(told)
        return found


@pytest.fixture
def receiver():
    found = Receiver()
    with running.partner(found, slow_seconds=3.0) as (partner, address):
        found.partner, found.address = partner, address
        yield found


@pytest.fixture
def publisher(node):
    """The platform's own system, which other tests' calls may have entered, and a topic."""
    sample.topic()
    given = {"actor": SELF, "at": now()}
    services.provide_system(code="62/platform", name="平台（示例）", per_second=1_000, **given)
    issued = services.issue_key(system="62/platform", **given)
    caller = running.Caller(node, issued.key_id, issued.secret)
    until(lambda: send(caller, "begin")[0] == 202)
    return caller


def granted(**more):
    given = {"fields": FIELDS, "way": Way.MESSAGE, "items": ()}
    return agreements.grant(TOPIC, **{**given, **more})


def subscribed(callback="", *, system="62/approval", from_start=False, **more):
    issued = sample.system(system)
    key = actions.subscribe(
        grant=granted(**more),
        system=system,
        purpose=PURPOSE,
        callback=callback,
        private_ok=bool(callback),
        from_start=from_start,
        actor=SELF,
        at=now(),
    )
    if not from_start:
        until(lambda: Subscription.objects.get(key=key).position is not None)
    return Subscription.objects.get(key=key), issued


def send(caller, key, *, order=None, path=TOPIC, **body):
    given = {"key": key, "body": {"number": key, **body}}
    if order is not None:
        given["order"] = order
    raw = json.dumps(given, ensure_ascii=False).encode()
    target = f"/exchange/v1/topics/{path}"
    status, _headers, answer = caller.node.send("POST", target, raw, caller.headers(target, raw))
    return status, json.loads(answer)


def until(met, seconds=60.0):
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.05)


def test_a_message_reaches_its_subscriber_signed_and_with_receipts(publisher, receiver):
    subscription, _issued = subscribed(f"{receiver.address}/good")
    status, answer = send(publisher, "A-1", state="SUSPENDED", contact="13900001234", name="许可证")
    assert (status, answer["status"]) == (202, "TAKEN")
    until(lambda: receiver.heard)
    (told,) = receiver.heard
    assert told["topic"] == TOPIC
    assert told["body"] == {
        "number": "A-1",
        "state": "SUSPENDED",
        "contact": "139****1234",
        "name": "许可证",
    }
    until(lambda: QueuedMessage.objects.filter(state=QueuedState.DONE).count() == 1)
    sides = Receipt.objects.filter(message=told["message"]).order_by("side")
    assert [row.side for row in sides] == ["CONSUMER", "PROVIDER"]
    assert {(r.reply_digest, r.request_digest, r.grant_key, r.service) for r in sides} == {
        (sides[0].reply_digest, sides[0].request_digest, subscription.grant_key, TOPIC)
    }


def test_the_same_key_is_published_once_and_another_body_under_it_is_refused(publisher):
    first = send(publisher, "B-1", state="ACTIVE")
    again = send(publisher, "B-1", state="ACTIVE")
    assert (again[0], again[1]["status"]) == (202, "KNOWN")
    assert again[1]["position"] == first[1]["position"]
    status, answer = send(publisher, "B-1", state="REVOKED")
    assert (status, answer["refusal"]["code"]) == (409, "KeyUsedOtherwise")
    assert Publication.objects.filter(position=first[1]["position"]).count() == 1


def test_django_publishes_in_its_own_transaction_under_the_same_keys(publisher):
    given = {"topic": TOPIC, "key": "C-1", "body": {"number": "C-1", "state": "ACTIVE"}}
    told = actions.publish(**given, actor=SELF, at=now())
    status, answer = send(publisher, "C-1", state="ACTIVE")
    assert (status, answer["status"], answer["position"]) == (202, "KNOWN", told.position)
    assert actions.publish(**given, actor=SELF, at=now()).known


def test_two_publishing_at_once_leave_no_gap_and_no_double(publisher):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: send(publisher, f"D-{n // 2}"), range(40)))
    assert {status for status, _answer in answers} == {202}
    positions = sorted(Publication.objects.values_list("position", flat=True))
    assert positions == list(range(1, 22))  # twenty, and the one the fixture began with


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"key": "x", "body": {"salary": "1"}}', "MessageMalformed"),
        (b'{"key": "", "body": {"number": "1"}}', "MessageMalformed"),
        (b'{"key": "x", "body": []}', "MessageMalformed"),
        (b'{"key": "x", "body": {"number": "1"}, "to": "y"}', "MessageMalformed"),
        (b'{"key": "x", "body": {"number": "' + b"1" * 70_000 + b'"}}', "MessageTooLarge"),
        (b"not json", "RequestMalformed"),
    ],
)
def test_what_does_not_fit_the_topic_is_refused(publisher, raw, code):
    target = f"/exchange/v1/topics/{TOPIC}"
    status, _h, answer = publisher.node.send("POST", target, raw, publisher.headers(target, raw))
    assert 400 <= status < 500
    assert json.loads(answer)["refusal"]["code"] == code


def test_another_departments_system_publishes_nothing(publisher):
    issued = sample.system("62/stranger")
    stranger = running.Caller(publisher.node, issued.key_id, issued.secret)
    until(lambda: send(stranger, "E-1")[1]["refusal"]["code"] != "CallerUnknown")
    assert send(stranger, "E-1")[1]["refusal"]["code"] == "NotPublisher"
    assert send(publisher, "E-1", path="62/nowhere")[1]["refusal"]["code"] == "TopicUnknown"


def test_a_topic_is_not_called(publisher):
    granted(fields=("number",))
    issued = sample.system()
    caller = running.Caller(publisher.node, issued.key_id, issued.secret)
    until(lambda: caller.call(TOPIC)[1]["refusal"]["code"] == "ServiceUnknown")


def test_messages_about_one_matter_arrive_in_order(publisher, receiver):
    subscribed(f"{receiver.address}/good")
    for number in range(60):
        send(publisher, f"F-{number}", order=f"licence-{number % 3}", state=str(number))
    until(lambda: len(receiver.first_time()) == 60)
    by_matter = defaultdict(list)
    for told in receiver.first_time():
        by_matter[told["order"]].append(int(told["body"]["state"]))
    assert len(by_matter) == 3
    assert all(found == sorted(found) for found in by_matter.values())


def test_one_that_is_not_taken_holds_back_only_its_own_matter_and_dies_in_the_end(
    publisher, receiver
):
    receiver.refuses = {"G-bad"}
    subscription, _issued = subscribed(f"{receiver.address}/good")
    send(publisher, "G-bad", order="one")
    send(publisher, "G-after", order="one")
    for number in range(5):
        send(publisher, f"G-{number}", order=f"other-{number}")
    until(lambda: set(receiver.numbers()) >= {f"G-{n}" for n in range(5)})
    until(lambda: QueuedMessage.objects.filter(state=QueuedState.DEAD).exists(), seconds=120)
    until(lambda: "G-after" in receiver.numbers())
    dead = QueuedMessage.objects.get(state=QueuedState.DEAD)
    assert (dead.tries, dead.failure) == (30, "PartnerNonsense")
    first_after = receiver.numbers().index("G-after")
    assert receiver.numbers()[:first_after].count("G-bad") == 30
    ((_place, view),) = queries.list_dead(SELF)
    assert view.message == dead.message

    receiver.refuses = set()
    actions.send_again(message=dead.message, actor=SELF, at=now())
    until(lambda: QueuedMessage.objects.get(message=dead.message).state == QueuedState.DONE)
    assert receiver.heard[-1]["resent"] is True
    with pytest.raises(NotDead):
        actions.send_again(message=dead.message, actor=SELF, at=now())
    acts = Entry.objects.filter(act="exchange.dead_letter_sent_again")
    assert acts.count() == 1
    assert Subscription.objects.get(pk=subscription.pk).failures == 0


def test_a_dead_letter_put_away_keeps_its_reason_and_loses_its_content(publisher, receiver):
    receiver.refuses = {"H-bad"}
    subscribed(f"{receiver.address}/good")
    send(publisher, "H-bad")
    until(lambda: QueuedMessage.objects.filter(state=QueuedState.DEAD).exists(), seconds=120)
    dead = QueuedMessage.objects.get(state=QueuedState.DEAD)
    assert dead.body
    actions.discard(message=dead.message, reason="重复登记", actor=SELF, at=now())
    row = QueuedMessage.objects.get(pk=dead.pk)
    assert (row.state, row.body) == (QueuedState.DISCARDED, "")
    entry = Entry.objects.get(act="exchange.dead_letter_discarded")
    assert "重复登记" in entry.body


@pytest.mark.parametrize("mode", [m for m in BAD_MODES if m not in ("endless", "trickle")])
def test_nothing_a_bad_receiver_says_counts_as_taken(publisher, receiver, mode):
    subscription, _issued = subscribed(f"{receiver.address}/{mode}")
    send(publisher, f"I-{mode}")
    until(lambda: QueuedMessage.objects.filter(tries__gte=2).exists())
    row = QueuedMessage.objects.get(subscription=subscription)
    assert row.state in (QueuedState.WAITING, QueuedState.DEAD)
    assert row.failure
    view = queries.get_subscription(subscription.key, SELF)
    actions.change_callback(
        key=view.key,
        version=view.version,
        callback=f"{receiver.address}/good",
        private_ok=True,
        actor=SELF,
        at=now(),
    )

    def done():
        state = QueuedMessage.objects.get(pk=row.pk).state
        if state == QueuedState.DEAD:  # the last try at the old address may only now be over
            actions.send_again(message=row.message, actor=SELF, at=now())
        return state == QueuedState.DONE

    until(done)


def test_a_slow_receiver_delays_nobody_else(publisher, receiver):
    subscribed(f"{receiver.address}/slow")
    quick = Receiver()
    with running.partner(quick) as (_partner, address):
        subscribed(f"{address}/good", system="62/quick")
        for number in range(30):
            send(publisher, f"J-{number}")
        began = time.monotonic()
        until(lambda: len(quick.first_time()) == 30)
        assert time.monotonic() - began < 20
        assert len(receiver.first_time()) < 30


def test_a_revoked_grant_stops_what_is_queued(publisher, receiver):
    subscription, _issued = subscribed(f"{receiver.address}/slow")
    for number in range(40):
        send(publisher, f"K-{number}")
    until(lambda: len(receiver.heard) >= 2)
    revoke(subscription.grant_key)
    until(lambda: Subscription.objects.get(pk=subscription.pk).failure == "GrantIsOver")
    heard = len(receiver.heard)
    send(publisher, "K-later")
    time.sleep(4.0)
    assert heard < 40
    assert len(receiver.heard) == heard
    until(lambda: QueuedMessage.objects.filter(state=QueuedState.DONE).count() == heard)
    assert actions.withdraw(grants=[subscription.grant_key], actor=SELF, at=now()) == 1
    left = QueuedMessage.objects.filter(subscription=subscription).exclude(state=QueuedState.DONE)
    assert left.count() == 40 - heard
    assert {(row.state, row.body) for row in left} == {(QueuedState.WITHDRAWN, "")}


def revoke(grant):
    DataGrant.objects.filter(key=grant).update(state=GrantState.ENDED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('exchange_changed', '')")


class Fetching:
    def __init__(self, node, issued):
        self.caller = running.Caller(node, issued.key_id, issued.secret)

    def fetch(self, **asked):
        target = f"/exchange/v1/messages/{TOPIC}" + (f"?{urlencode(asked)}" if asked else "")
        headers = self.caller.headers(target, b"")
        headers["X-Exchange-Mac"] = self._mac("GET", target, headers)
        status, _h, body = self.caller.node.send("GET", target, b"", headers)
        return status, json.loads(body)

    def acknowledge(self, position):
        target, raw = f"/exchange/v1/messages/{TOPIC}", json.dumps({"position": position}).encode()
        status, _h, body = self.caller.node.send(
            "POST", target, raw, self.caller.headers(target, raw)
        )
        return status, json.loads(body)

    def _mac(self, method, target, headers):
        from yiwang.foundation.exchange.fastpath import envelope

        text = envelope.text_of_request(
            method=method,
            target=target,
            key_id=self.caller.key_id,
            time=headers["X-Exchange-Time"],
            nonce=headers["X-Exchange-Nonce"],
            digest=headers["X-Exchange-Digest"],
        )
        return envelope.mac(self.caller.secret, text)


def test_a_system_fetches_and_acknowledges_by_position(publisher):
    subscription, issued = subscribed()
    mine = Fetching(publisher.node, issued)
    for number in range(5):
        send(publisher, f"L-{number}")
    until(lambda: len(mine.fetch()[1].get("messages", ())) == 5)
    status, found = mine.fetch(most=2)
    assert status == 200
    assert [told["body"]["number"] for told in found["messages"]] == ["L-0", "L-1"]
    assert mine.fetch(most=2)[1]["messages"] == found["messages"]  # not acknowledged: again
    assert mine.acknowledge(found["position"])[1]["acknowledged"] == 2
    assert mine.acknowledge(found["position"])[1]["acknowledged"] == 0
    left = mine.fetch(after=found["position"])[1]["messages"]
    assert [told["body"]["number"] for told in left] == ["L-2", "L-3", "L-4"]
    revoke(subscription.grant_key)
    until(lambda: mine.fetch()[1].get("refusal", {}).get("code") == "GrantIsOver")


def test_a_full_queue_takes_no_more_and_says_so(publisher):
    subscription, issued = subscribed()
    Subscription.objects.filter(pk=subscription.pk).update(queue_most=3)
    for number in range(8):
        send(publisher, f"M-{number}")
    until(lambda: Subscription.objects.get(pk=subscription.pk).failure == "QueueIsFull")
    mine = Fetching(publisher.node, issued)
    told = []
    while len(told) < 8:
        found = mine.fetch()[1]
        told += [one["body"]["number"] for one in found["messages"]]
        mine.acknowledge(found["position"])
    assert told == [f"M-{number}" for number in range(8)]


def test_a_stopped_topic_gives_nothing_until_it_goes_on(publisher, receiver):
    subscription, _issued = subscribed(f"{receiver.address}/good")
    services.stop_service(code=TOPIC, reason="检修", actor=SELF, at=now())
    until(lambda: send(publisher, "N-1")[1].get("refusal", {}).get("code") == "ServiceIsStopped")
    services.resume_service(code=TOPIC, actor=SELF, at=now())
    until(lambda: send(publisher, "N-2")[0] == 202)
    until(lambda: "N-2" in receiver.numbers())
    until(lambda: Subscription.objects.get(pk=subscription.pk).failure == "")
