"""What the exchange process answers to nodes, by its own connection, without Django."""

import asyncio
import json
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from django.conf import settings as live
from django.db import connection
from psycopg.conninfo import make_conninfo

from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore
from yiwang.network.nodes import actions, queries, rules, sample
from yiwang.network.nodes.definitions import RequestKind
from yiwang.network.nodes.models import NodeRequest
from yiwang.network.nodes.serving import Desk

pytestmark = pytest.mark.django_db(transaction=True)
BY = machine("tests")


def desk(**changes) -> Desk:
    wanted = connection.settings_dict
    database = make_conninfo(
        host=wanted["HOST"],
        dbname=wanted["NAME"],
        user=wanted["USER"],
        password=wanted["PASSWORD"],
        port=wanted["PORT"] or None,
    )
    store = EncryptedFileKeyStore(live.YIWANG_HOME / "secrets")
    given = {"database": database, "store": store, "node": "62", "is_registry": True}
    return Desk(**given | changes)


def answer(asking, **changes):
    async def ask():
        one = desk(**changes)
        try:
            return await asking(one)
        finally:
            await one.close()

    return asyncio.run(ask())


def documents(node, have="", *, at: datetime | None = None, **changes):
    at = at or now()
    target = f"/exchange/v1/documents?have={have}"
    headers = sample.asks_documents(node, target, of=queries.own(), at=at) | changes
    return answer(
        lambda one: one.documents(target=target, header=lambda n: headers.get(n, ""), at=now())
    )


def request(given, **changes):
    body = given if isinstance(given, bytes) else json.dumps(given).encode()
    return answer(lambda one: one.receive(body=body, at=now()), **changes)


def test_a_member_is_told_what_it_has_not():
    node, _police = sample.three_nodes(at=now())
    actions.publish(part="grants", body={"grants": [1]}, audience=node.code, at=now(), actor=BY)
    actions.publish(part="grants", body={"grants": [2]}, audience="620200", at=now(), actor=BY)
    said = documents(node)
    assert said.status == 200
    got = [rules.read_document(one) for one in said.body["documents"]]
    assert [(one.part, one.audience, one.version) for one in got] == [
        ("members", "*", 3),
        ("grants", node.code, 1),
    ]
    for one in got:
        rules.believe(one, queries.own().keys)
    assert documents(node, "members:3,grants:1").status == 204
    (only,) = documents(node, "members:3").body["documents"]
    assert only["part"] == "grants"


def test_strangers_and_forgers_are_told_nothing():
    node, police = sample.three_nodes(at=now())
    assert documents(node).status == 200
    assert documents(sample.far_node("620200")).status == 403
    twin = sample.FarNode(node.code, node.name, primitives.new_sm2_key())
    assert documents(twin).status == 403
    assert documents(police, **{"x-exchange-node": node.code}).status == 403
    assert documents(node, **{"x-exchange-mac": "0" * 64}).status == 403
    assert documents(node, **{"x-exchange-mac": ""}).status == 403
    assert documents(node, **{"x-exchange-to-key": "sign-node.9"}).status == 403
    assert documents(node, **{"x-exchange-time": "x"}).status == 403
    assert documents(node, "members:3;DROP").status == 422


@pytest.mark.parametrize(
    ("minutes", "words"), [(-10, "慢约 10 分钟"), (7, "快约 7 分钟"), (-1440, "慢约 1440 分钟")]
)
def test_a_member_whose_clock_is_off_is_told_so_and_a_stranger_is_not(minutes, words):
    node, _police = sample.three_nodes(at=now())
    at = now() + timedelta(minutes=minutes)
    said = documents(node, at=at)
    assert (said.status, said.body["refusal"]["code"]) == (403, "NodeClockOff")
    assert words in said.body["refusal"]["sentence"]
    assert "NTP" in said.body["refusal"]["sentence"]
    forged = documents(node, at=at, **{"x-exchange-mac": "0" * 64})
    assert forged.body["refusal"]["code"] == "NotMember"


def test_a_request_of_a_machine_whose_clock_is_off_names_the_difference():
    sample.three_nodes(at=now())
    at = now() - timedelta(minutes=12)
    given = sample.asks(sample.far_node("620300"), RequestKind.JOIN, at=at)
    refusal = request(given).body["refusal"]
    assert (refusal["code"], "慢约 12 分钟" in refusal["sentence"]) == ("ClockOff", True)


def test_who_was_suspended_hears_of_it():
    node, _police = sample.three_nodes(at=now())
    actions.suspend(code=node.code, reason="违规调用", at=now(), actor=BY)
    (told,) = documents(node, "members:3").body["documents"]
    states = {one["code"]: one["state"] for one in json.loads(told["body"])["nodes"]}
    assert states[node.code] == "SUSPENDED"


def test_who_slept_through_a_new_key_of_the_registry_is_led_to_it():
    early = now() - timedelta(days=3)
    node, _police = sample.three_nodes(at=early)
    asleep = queries.own()
    actions.change_own_key(at=now() - timedelta(days=2), actor=BY)
    actions.renew(at=now(), actor=BY)
    actions.publish(part="grants", body={"grants": []}, audience=node.code, at=now(), actor=BY)
    target = "/exchange/v1/documents?have=members:3"
    headers = sample.asks_documents(node, target, of=asleep, at=now())
    said = answer(
        lambda one: one.documents(target=target, header=lambda n: headers.get(n, ""), at=now())
    )
    got = [rules.read_document(one) for one in said.body["documents"]]
    assert {one.part for one in got} == {"members"}
    assert len({one.signed_by for one in got}) == 2
    rules.believe(got[0], asleep.keys)


def test_a_request_to_join_waits_and_names_the_registry():
    own = actions.begin(at=now())
    node = sample.far_node()
    given = sample.asks(node, RequestKind.JOIN, at=now())
    said = request(given)
    assert (said.status, said.body["state"]) == (202, "WAITING")
    assert said.body["registry"]["point"] == own.key.point
    assert request(given).status == 202
    (waiting,) = queries.list_requests()
    assert waiting.fingerprint == crypto.fingerprint(node.point)
    actions.confirm(request=waiting.key, fingerprint=waiting.fingerprint, at=now(), actor=BY)
    assert request(given).status == 200
    double = sample.asks(sample.far_node(), RequestKind.JOIN, at=now())
    assert request(double).status == 409


def test_new_keys_and_leaving_are_taken_from_members_only():
    node, police = sample.three_nodes(at=now())
    new = sample.FarNode(node.code, node.name, primitives.new_sm2_key(), "sign-node.2")
    forged = sample.asks(police, RequestKind.ROTATE, at=now(), new=new, code=node.code)
    assert request(forged).status == 422
    stranger = sample.far_node("620200")
    assert request(sample.asks(stranger, RequestKind.LEAVE, at=now())).status == 403
    assert request(sample.asks(node, RequestKind.ROTATE, at=now(), new=new)).status == 202
    assert request(sample.asks(police, RequestKind.LEAVE, at=now())).status == 202
    assert actions.settle_signed(at=now()) == 2
    assert queries.get_node(node.code).key.point == new.point
    assert queries.get_node(police.code).state == "LEFT"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"\xff", b'"x"', b"null"])
def test_garbage_is_refused_and_kept_nowhere(body):
    actions.begin(at=now())
    assert request(body).status == 422
    assert not NodeRequest.objects.exists()


def test_who_is_no_registry_says_so_and_without_a_database_comes_503():
    node = sample.far_node()
    given = sample.asks(node, RequestKind.JOIN, at=now())
    assert request(given, is_registry=False).status == 409
    assert request(given, database="host=/nowhere dbname=x").status == 503


def test_all_this_needs_no_django():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; import yiwang.network.nodes.serving; assert 'django' not in sys.modules",
        ],
        env={"PYTHONPATH": "src"},
        cwd=live.ROOT,
        check=False,
    )
    assert done.returncode == 0
