"""Large replies through one node and through two, in one process with their real databases and sockets."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.partner import MODES
from yiwang.foundation.exchange.tests import inside, large, running, two

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FIELDS = ("name", "alive", "address")


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker, tmp_path_factory):
    with (
        django_db_blocker.unblock(),
        two.databases(tmp_path_factory.mktemp("lanzhou")) as found,
    ):
        yield found


@pytest.fixture
def world(place, monkeypatch):
    for name, mode in large.MODES.items():
        monkeypatch.setitem(MODES, name, mode)
    port = running.free_port()
    place.introduce()
    for node in ("62", "620100"):
        for name, more in large.SERVICES.items():
            code = f"{node}/{name}"
            sample.service(code, upstream=f"http://127.0.0.1:{port}/{name}", **more)
            agreements.grant(code, fields=FIELDS, clear_fields=("address",))
        sample.service(f"{node}/good", upstream=f"http://127.0.0.1:{port}/good")
        agreements.grant(f"{node}/good", fields=FIELDS)
    key = sample.system("62/approval")
    place.tell()
    return inside.World(place, running.Caller(place.province, key.key_id, key.secret), port)


def live(world, day):
    async def one():
        async with world.open():
            return await day(world)

    return asyncio.run(one())


@pytest.mark.parametrize("node", ["62", "620100"])
@pytest.mark.parametrize(("name", "count"), [("several", 4_000), ("lines", 3_000), ("nested", 3)])
def test_a_large_reply_comes_record_by_record_sifted_and_proven(world, node, name, count):
    status, head, rows = live(world, lambda w: w.stream(f"{node}/{name}"))
    assert (status, head["status"], len(rows)) == (200, "FOUND", count)
    assert head["stream"]["rows"] == count
    lines = "".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n" for r in rows)
    assert head["stream"]["bytes"] == len(lines.encode())
    assert head["stream"]["sm3"] == hashlib.new("sm3", lines.encode()).hexdigest()
    assert all(set(row) <= set(FIELDS) for row in rows)  # mother and number stay away
    assert "马晓燕" not in lines  # hidden: its grade is three


def test_both_receipts_say_the_same_of_it(world):
    nonce = secrets.token_hex(16)
    _status, head, _rows = live(world, lambda w: w.stream("620100/several", nonce=nonce))
    ours = Receipt.objects.get(message=head["message"], side="CONSUMER")
    ((rows, reply, status),) = world.place.there(
        "SELECT rows, reply_digest, status FROM exchange_receipt WHERE message = %s",
        head["message"],
    )
    assert (ours.rows, ours.reply_digest, ours.status) == (rows, reply, status)
    assert (rows, status) == (4_000, "FOUND")


@pytest.mark.parametrize("node", ["62", "620100"])
def test_nobody_is_said_as_in_a_call(world, node):
    status, head, rows = live(world, lambda w: w.stream(f"{node}/none"))
    assert (status, head["status"], rows) == (200, "NOT_FOUND", [])


@pytest.mark.parametrize("node", ["62", "620100"])
def test_a_small_answer_can_be_streamed_too(world, node):
    _status, head, rows = live(world, lambda w: w.stream(f"{node}/good"))
    assert (head["stream"]["rows"], len(rows), set(rows[0])) == (1, 1, set(FIELDS))


def test_what_cannot_be_sifted_by_record_is_refused(world):
    status, head, _rows = live(world, lambda w: w.stream("62/text"))
    assert (status, inside.code_of(head)) == (502, "PartnerNonsense")
    assert "逐条" in head["refusal"]["sentence"]


def test_a_call_stays_small_and_says_where_large_replies_are(world):
    async def day(w):
        return await w.call("62/fifty")

    _status, answer = live(world, day)
    assert inside.code_of(answer) == "ReplyTooLarge"
    assert "streams" in answer["refusal"]["remedy"]


def test_the_disk_is_free_again_afterwards(world):
    async def day(w):
        for service in ("62/several", "620100/several", "62/torn", "620100/text"):
            await w.stream(service)
        for node in (w.province, w.lanzhou):
            spools = node.house.streams.spools
            assert (spools.used, spools.open) == (0, 0)
            assert list(spools.folder.iterdir()) == []

    live(world, day)


def test_a_reply_nobody_fetches_is_dropped(world, monkeypatch):
    from yiwang.foundation.exchange.fastpath import piecing, streams

    monkeypatch.setattr(streams, "HOLD_SECONDS", 0.2)

    async def never(*_args, **_more):
        raise piecing.PartnerAway

    async def day(w):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(piecing, "_part", never)
            _status, head, _rows = await w.stream("620100/several")
        spools = w.lanzhou.house.streams.spools
        assert spools.used > 0
        await inside.until(lambda: spools.used == 0, 10)
        assert inside.code_of(head) == "PartnerAway"

    live(world, day)
