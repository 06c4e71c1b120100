"""Every address of two exchange processes under nonsense: no failure, no silence, both still there.

The same at length: ``python -m trial exchange_fuzzing``.
"""

from __future__ import annotations

import os

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import queries, sample
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import fuzzing, running, two
from yiwang.network.nodes import queries as nodes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SERVICE = "620100/household-register"
SEED = 20261130
REQUESTS = int(os.environ.get("YIWANG_TRIAL_REQUESTS", "800"))


def test_no_request_makes_a_node_fail_or_fall_silent(tmp_path, record_property):
    with two.running_two(tmp_path) as place, running.partner() as (_partner, address):
        place.introduce()
        sample.service(SERVICE, upstream=f"{address}/good")
        key = sample.system("62/approval", per_second=10_000)
        caller = running.Caller(place.province, key.key_id, key.secret)
        caller.grant = agreements.grant(
            SERVICE, fields=("name", "alive"), per_day=10**6, per_second=10_000
        )
        place.tell()
        two.until(lambda: caller.call(SERVICE)[0] == 200)
        fuzzer = fuzzing.of(place, caller, SERVICE, nodes.own(), SEED)
        fuzzer.run(REQUESTS)
        for status, number in sorted(fuzzer.statuses.items()):
            record_property(f"answered_{status.replace(' ', '_')}", number)
        record_property("slowest_milliseconds", round(fuzzer.slowest * 1000))
        assert not fuzzer.faults, "\n".join(fuzzer.faults[:40])
        assert fuzzer.statuses["200"] > REQUESTS // 50  # some went all the way through
        assert fuzzer.slowest < fuzzing.HANGS_AFTER
        assert caller.call(SERVICE)[0] == 200
        two.until(lambda: queries.list_blocks() and in_blocks() >= Receipt.objects.count())
        assert list(queries.check_blocks()) == []
        own = [view for view in queries.list_mismatches() if ("", "OWN") in view.calls]
        assert own == []  # no block of ours differs from what stands in the table


def in_blocks():
    return sum(block.count for block in queries.list_blocks())
