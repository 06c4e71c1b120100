"""A registry's exchange process, for real: nodes ask to be members and are told what is new."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from yiwang.foundation.exchange.tests import running
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.network.nodes import actions, queries, rules, sample
from yiwang.network.nodes.definitions import RequestKind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def registry(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running() as found:
        yield found


def documents(registry, node, have=""):
    target = f"/exchange/v1/documents?have={have}"
    headers = sample.asks_documents(node, target, of=queries.own(), at=now())
    status, _headers, body = registry.send("GET", target, headers=headers)
    return status, json.loads(body) if body else {}


def test_a_node_asks_is_confirmed_and_told_in_three_requests(registry):
    actions.begin(at=now())
    node = sample.far_node()
    assert documents(registry, node)[0] == 403
    asked = json.dumps(sample.asks(node, RequestKind.JOIN, at=now())).encode()
    status, _headers, body = registry.send("POST", "/exchange/v1/requests", asked)
    assert (status, json.loads(body)["registry"]["point"]) == (202, queries.own().key.point)
    (waiting,) = queries.list_requests()
    actions.confirm(
        request=waiting.key, fingerprint=waiting.fingerprint, at=now(), actor=machine("tests")
    )
    running_until(lambda: documents(registry, node)[0] == 200)
    _status, told = documents(registry, node)
    (members,) = [rules.read_document(one) for one in told["documents"]]
    rules.believe(members, queries.own().keys)
    assert {one["code"] for one in members.body["nodes"]} == {"62", node.code}
    assert documents(registry, node, f"members:{members.version}") == (204, {})


def test_a_stop_is_told_to_who_asks_at_once(registry):
    node, _police = sample.three_nodes(at=datetime(2026, 3, 2, tzinfo=UTC))
    running_until(lambda: documents(registry, node)[0] == 200)
    version = queries.find_document("members").version
    actions.suspend(code=node.code, reason="违规调用", at=now(), actor=machine("tests"))
    _status, told = documents(registry, node, f"members:{version}")
    assert [one["version"] for one in told["documents"]] == [version + 1]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/exchange/v1/requests", b"{"),
        ("POST", "/exchange/v1/requests", b" " * 30_000 + b"{}"),
        ("POST", "/exchange/v1/requests", b"[" * 15_000),
        ("POST", "/exchange/v1/requests", b'{"kind":"JOIN","code":1}'),
        ("GET", "/exchange/v1/documents?have=members:x", b""),
        ("GET", "/exchange/v1/documents?have=" + "members:1," * 500, b""),
        ("GET", "/exchange/v1/documents", b""),
    ],
)
def test_garbage_is_refused_in_words(registry, method, path, body):
    actions.begin(at=now())
    status, _headers, answer = registry.send(method, path, body)
    assert status in (403, 422)
    assert json.loads(answer)["refusal"]["sentence"]


def running_until(met):
    end = time.monotonic() + 60
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.05)
