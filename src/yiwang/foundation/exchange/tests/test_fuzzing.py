"""Every address of two exchange processes under nonsense: no failure, no silence, nothing lost, both still there.

The same at length: ``python -m trial exchange_fuzzing``.
"""

from __future__ import annotations

import os
import random

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import queries, sample
from yiwang.foundation.exchange.fastpath import server
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.partner import MODES
from yiwang.foundation.exchange.tests import fuzzing, fuzzing_topics, running, there, two
from yiwang.foundation.exchange.topics.models import QueuedMessage
from yiwang.network.nodes import queries as nodes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SERVICE = "620100/household-register"
SEED = 20261130
REQUESTS = int(os.environ.get("YIWANG_TRIAL_REQUESTS", "1300"))


@pytest.fixture
def place(tmp_path):
    with two.databases(tmp_path) as found:
        for node in (found.province, found.lanzhou):
            node.more["YIWANG_CALLBACK_PACE"] = fuzzing_topics.PACE
        with found.running():
            yield found


def test_no_request_makes_a_node_fail_fall_silent_or_lose_a_message(
    place, monkeypatch, record_property
):
    taker = fuzzing_topics.Taker(random.Random(SEED))
    monkeypatch.setitem(MODES, "taker", taker.answer)
    with running.partner(lambda told: told, slow_seconds=1.0) as (_partner, address):
        place.introduce()
        sample.service(SERVICE, upstream=f"{address}/good")
        key = sample.system("62/approval", per_second=10_000)
        caller = running.Caller(place.province, key.key_id, key.secret)
        caller.grant = agreements.grant(
            SERVICE, fields=("name", "alive"), per_day=10**6, per_second=10_000
        )
        far_grant = fuzzing_topics.topics_and_grants()
        place.tell()
        publisher = sample.system("62/registry", per_second=10_000)
        publishers = {
            "62": running.Caller(place.province, publisher.key_id, publisher.secret),
            "620100": there.system(place),
        }
        fuzzing_topics.subscribed(f"{address}/taker")
        two.until(lambda: caller.call(SERVICE)[0] == 200)
        fuzzer = fuzzing.of(place, caller, SERVICE, nodes.own(), SEED)
        telling = fuzzing_topics.Telling(fuzzer, taker, publishers)
        telling.grant = far_grant
        fuzzer.run(REQUESTS, *telling.kinds)
        noted(fuzzer, record_property)
        assert not fuzzer.faults, "\n".join(fuzzer.faults[:40])
        assert fuzzer.statuses["200"] > REQUESTS // 50  # some went all the way through
        assert fuzzer.slowest < fuzzing.HANGS_AFTER
        assert unasked(fuzzer) == []
        assert caller.call(SERVICE)[0] == 200
        telling.settle()
        record_property("messages", sum(map(len, telling.taken.values())))
        record_property("handed_over", QueuedMessage.objects.count())
        assert all(len(taken) > REQUESTS // 100 for taken in telling.taken.values())
        assert telling.lost() == []
        two.until(lambda: queries.list_blocks() and in_blocks() >= Receipt.objects.count())
        assert list(queries.check_blocks()) == []
        own = [view for view in queries.list_mismatches() if ("", "OWN") in view.calls]
        assert own == []  # no block of ours differs from what stands in the table


def noted(fuzzer, record_property):
    for status, number in sorted(fuzzer.statuses.items()):
        record_property(f"answered_{status.replace(' ', '_')}", number)
    record_property("slowest_milliseconds", round(fuzzer.slowest * 1000))
    record_property("operations_described", len(fuzzer.operations))
    record_property("operations_and_addresses_unasked", len(unasked(fuzzer)))


def unasked(fuzzer):
    """Operations of every OpenAPI document, and addresses of the server, that nobody asked."""
    described = [(one.method, one.path) for one in fuzzer.operations]
    assert len(described) >= 8, described  # two documents of topics, one of a service
    return [one for one in described if not fuzzer.asked[one]] + [
        (method, beginning)
        for method, beginning in server.ROUTES
        if not any(m == method and path.startswith(beginning) for m, path in fuzzer.asked)
    ]


def in_blocks():
    return sum(block.count for block in queries.list_blocks())
