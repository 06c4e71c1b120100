"""The Python client publishes, fetches, acknowledges, and knows a genuine callback from another."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.exchange.topics import actions
from yiwang.foundation.exchange.topics.definitions import QueuedState
from yiwang.foundation.exchange.topics.models import QueuedMessage, Subscription
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now

ROOT = Path(__file__).resolve().parents[5]
sys.path.insert(0, str(ROOT / "clients" / "python"))
from yiwang_client import AsyncClient, Client, NotProven, Refused, callback  # noqa: E402

pytestmark = pytest.mark.django_db(transaction=True)

TOPIC = "62/licence-changes"
SELF = machine("test")


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running() as found:
        yield found


@pytest.fixture
def publisher(node):
    sample.topic()
    client = client_of(node, sample.system("62/platform", department=""))
    until(lambda: known(client))
    return client


def client_of(node, issued):
    address = f"http://127.0.0.1:{node.port}"
    return Client(address, key_id=issued.key_id, secret=issued.secret)


def known(client):
    try:
        return client.publish(TOPIC, "begin", {"number": "begin"})
    except Refused:
        return None


def subscribe(callback_address=""):
    issued = sample.system()
    grant = agreements.grant(TOPIC, fields=("number", "state"), way=Way.MESSAGE)
    key = actions.subscribe(
        grant=grant,
        system="62/approval",
        purpose="核对申请人情况",
        callback=callback_address,
        private_ok=bool(callback_address),
        actor=SELF,
        at=now(),
    )
    until(lambda: Subscription.objects.get(key=key).position is not None)
    return issued


def until(met, seconds=60.0):
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.05)


def test_published_fetched_and_acknowledged(node, publisher):
    issued = subscribe()
    mine = client_of(node, issued)
    first = publisher.publish(TOPIC, "A", {"number": "1", "state": "吊销"}, order="licence-1")
    assert publisher.publish(
        TOPIC, "A", {"number": "1", "state": "吊销"}, order="licence-1"
    ) == type(first)(first.position, True)
    with pytest.raises(Refused) as refused:
        publisher.publish(TOPIC, "A", {"number": "2"})
    assert refused.value.code == "KeyUsedOtherwise"
    until(lambda: mine.fetch(TOPIC))
    (message,) = mine.fetch(TOPIC)
    assert (message.position, message.body) == (first.position, {"number": "1", "state": "吊销"})
    assert mine.acknowledge(TOPIC, message.position) == 1
    assert mine.fetch(TOPIC) == []


def test_the_handbook_s_lines_take_what_waits(node, publisher):
    page = (ROOT / "docs/handbook/integrator.md").read_text(encoding="utf-8")
    lines = page.split("```python\nfor message", 1)[1].split("```", 1)[0]
    issued, dealt = subscribe(), []
    mine = client_of(node, issued)
    for key in ("C", "D"):
        publisher.publish(TOPIC, key, {"number": key})
    until(lambda: len(mine.fetch(TOPIC)) == 2)
    exec(f"for message{lines}", {"client": mine, "deal_with": dealt.append})  # noqa: S102 our own page
    assert dealt == [{"number": "C"}, {"number": "D"}]
    assert mine.fetch(TOPIC) == []


def test_the_asynchronous_client_does_the_same(node, publisher):
    issued = subscribe()
    address = f"http://127.0.0.1:{node.port}"
    publisher.publish(TOPIC, "B", {"number": "1"})
    until(lambda: client_of(node, issued).fetch(TOPIC))

    async def take():
        async with AsyncClient(address, key_id=issued.key_id, secret=issued.secret) as client:
            (message,) = await client.fetch(TOPIC)
            return await client.acknowledge(TOPIC, message.position)

    assert asyncio.run(take()) == 1


class Listening(BaseHTTPRequestHandler):
    """A subscriber's endpoint as the handbook shows it."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            message = callback(self.path, dict(self.headers), body, secret=self.server.keys.get)
        except NotProven:
            self.send_error(401)
            return
        self.server.heard.append((message, self.path, dict(self.headers), body))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(message.taken)))
        self.end_headers()
        self.wfile.write(message.taken)

    def log_message(self, *_args):
        return


@pytest.fixture
def endpoint():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    server.heard, server.keys = [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_callback_is_proven_and_an_altered_one_is_not(node, publisher, endpoint):
    issued = subscribe(f"http://127.0.0.1:{endpoint.server_port}/hear?from=node")
    endpoint.keys[issued.key_id] = issued.secret
    publisher.publish(TOPIC, "C", {"number": "1"})
    until(lambda: endpoint.heard)
    message, target, headers, body = endpoint.heard[0]
    assert (target, message.body) == ("/hear?from=node", {"number": "1"})
    until(lambda: QueuedMessage.objects.get(message=message.message).state == QueuedState.DONE)
    again = {"secret": endpoint.keys.get}
    assert callback(target, headers, body, **again) == message
    for other in (
        (target, headers, body.replace(b'"1"', b'"2"')),
        ("/elsewhere", headers, body),
        (target, {**headers, "X-Exchange-Time": "2026-01-01T00:00:00+00:00"}, body),
        (target, {**headers, "X-Exchange-Key": "unknown"}, body),
        (target, {}, body),
    ):
        with pytest.raises(NotProven):
            callback(*other, **again)
    later = now().replace(year=now().year + 1)
    with pytest.raises(NotProven):
        callback(target, headers, body, at=later, **again)


def test_a_topic_is_described_as_it_is_told_and_fetched(publisher):
    (topic,) = [one for one in publisher.services() if one["kind"] == "MESSAGE"]
    assert topic["code"] == TOPIC
    paths = publisher.openapi(TOPIC)["paths"]
    assert {path: list(operations) for path, operations in paths.items()} == {
        f"/exchange/v1/topics/{TOPIC}": ["post"],
        f"/exchange/v1/messages/{TOPIC}": ["get", "post"],
    }


def test_the_whole_package_stays_small():
    files = (ROOT / "clients/python/yiwang_client").glob("*.py")
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files) < 600
