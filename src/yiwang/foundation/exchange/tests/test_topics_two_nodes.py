"""Messages between two nodes: kills with ten thousand queued, a cut, a revoked grant, provable receipts."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

import pytest
from django.db import connection

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange import rules, sample
from yiwang.foundation.exchange.fastpath import callbacks
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.exchange.tests import two as pair
from yiwang.foundation.exchange.topics import actions
from yiwang.foundation.exchange.topics.definitions import QueuedState
from yiwang.foundation.exchange.topics.models import QueuedMessage, Subscription
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(seconds=300)]

#: Lanzhou tells, a system of the province hears.
TOPIC = "620100/licence-changes"
SELF = machine("test")
MANY = 10_000
MATTERS = 50
KILLS = 5
#: Ten thousand publications, straight into Lanzhou's database by its own function.
_PUBLISH = """
SELECT count(exchange_publish(%s, 'key-' || n, 'matter-' || n %% 50, 'content-' || n, b.body,
       '620100/platform', now(), 1000000))
  FROM unnest(%s::text[]) WITH ORDINALITY AS b(body, n)
"""


@pytest.fixture(scope="module")
def two(django_db_setup, django_db_blocker, tmp_path_factory):
    home = tmp_path_factory.mktemp("lanzhou")
    with django_db_blocker.unblock(), pair.running_two(home) as found:
        yield found


class Effects:
    """A subscriber that does each message once, by its number, and remembers the order."""

    def __init__(self):
        self.lock, self.times, self.done = threading.Lock(), defaultdict(int), []

    def __call__(self, told):
        with self.lock:
            self.times[told["message"]] += 1
            if self.times[told["message"]] == 1:
                self.done.append(told)
        return {"message": told["message"]}


@pytest.fixture
def told(two):
    """The topic at Lanzhou, a subscription at the province with a callback."""
    effects = Effects()
    with running.partner(effects) as (_partner, address):
        two.introduce()
        sample.topic(TOPIC)
        sample.system("62/approval")
        grant = agreements.grant(TOPIC, fields=("number", "state"), way=Way.MESSAGE, per_day=10**7)
        two.tell()
        two.there("TRUNCATE exchange_topic, exchange_publication, exchange_follower")
        key = actions.subscribe(
            grant=grant,
            system="62/approval",
            purpose="核对申请人情况",
            callback=f"{address}/good",
            private_ok=True,
            from_start=True,
            actor=SELF,
            at=now(),
        )
        until(lambda: Subscription.objects.get(key=key).position is not None)
        effects.key, effects.grant = key, grant
        yield effects
        until(lambda: in_blocks() >= Receipt.objects.count())  # before the tables are emptied


def in_blocks():
    return sum(block.count for block in exchange.list_blocks())


def until(met, seconds=120.0):
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.1)


def publish(two, count, *, begin=0):
    """As Lanzhou's own process would: sealed with Lanzhou's keys."""
    from yiwang.foundation.exchange.fastpath.shelf import Sealer
    from yiwang.foundation.exchange.topics import rules as written
    from yiwang.foundation.exchange.topics.definitions import PUBLISHED

    sealer = Sealer(two.store)
    bodies = [
        sealer.close(written.written("", {"number": str(n), "contact": "139"}), PUBLISHED)
        for n in range(begin + 1, begin + count + 1)
    ]
    statement = _PUBLISH.replace("|| n", f"|| n + {begin}") if begin else _PUBLISH
    two.there(statement, TOPIC, bodies)


def test_kills_with_ten_thousand_queued_lose_nothing_and_double_no_effect(two, told):
    publish(two, MANY)
    until(lambda: len(told.done) >= 300)
    for number in range(KILLS):
        node = (two.province, two.lanzhou)[number == 2]
        node.kill()
        node.start()
        seen = len(told.done)
        until(lambda seen=seen: len(told.done) >= min(seen + 600, MANY))
    until(lambda: len(told.done) == MANY, seconds=300)
    until(lambda: QueuedMessage.objects.filter(state=QueuedState.DONE).count() == MANY)
    numbers = [int(one["body"]["number"]) for one in told.done]
    assert sorted(numbers) == list(range(1, MANY + 1))
    by_matter = defaultdict(list)
    for one in told.done:
        by_matter[one["order"]].append(one["position"])
    assert len(by_matter) == MATTERS
    assert all(positions == sorted(positions) for positions in by_matter.values())
    assert all(set(one["body"]) == {"number"} for one in told.done)  # the grant has no more
    provable(two, MANY)
    # A kill repeats at most what one window had under way.
    assert sum(times - 1 for times in told.times.values()) <= KILLS * callbacks.WINDOW


def provable(two, count):
    """Each message has one receipt at either node, and the two say the same."""
    names = ", ".join(rules.FACTS)
    ours = {row["message"]: row for row in Receipt.objects.values(*rules.FACTS)}
    theirs = two.there(f"SELECT {names} FROM exchange_receipt WHERE service = %s", TOPIC)  # noqa: S608
    assert len(ours) == len(theirs) == count
    for row in theirs:
        receipt = dict(zip(rules.FACTS, row, strict=True))
        assert rules.shared_digest(receipt) == rules.shared_digest(ours[receipt["message"]])


def test_a_provider_that_is_away_is_waited_for(two, told):
    two.lanzhou.kill()
    publish(two, 5)
    time.sleep(3.0)
    assert not told.done
    assert Subscription.objects.get(key=told.key).failure == "PartnerAway"
    two.lanzhou.start()
    until(lambda: len(told.done) == 5)
    assert Subscription.objects.get(key=told.key).failure == ""


def test_a_grant_revoked_at_either_node_stops_at_once(two, told):
    publish(two, 3)
    until(lambda: len(told.done) == 3)
    two.there("UPDATE agreements_grant SET state = 'ENDED' WHERE key = %s", told.grant)
    two.there("SELECT pg_notify('exchange_changed', '')")
    until(lambda: Subscription.objects.get(key=told.key).failure == "GrantIsOver")
    publish(two, 3, begin=3)
    time.sleep(3.0)
    assert len(told.done) == 3
    # And at the subscriber's node alone, with the provider still willing:
    two.there("UPDATE agreements_grant SET state = 'ACTIVE' WHERE key = %s", told.grant)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_grant SET state = 'ENDED' WHERE key = %s", [told.grant])
        cursor.execute("SELECT pg_notify('exchange_changed', '')")
    two.there("SELECT pg_notify('exchange_changed', '')")
    time.sleep(4.0)
    assert len(told.done) == 3
