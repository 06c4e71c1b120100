"""A hundred megabytes through two real nodes: neither holds them in memory, however slowly they are read."""

from __future__ import annotations

import http.client
import json
import re
import time
from pathlib import Path

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.partner import MODES
from yiwang.foundation.exchange.tests import large, running, two
from yiwang.mechanisms.crypto import primitives

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MEGABYTE = 1_048_576


@pytest.fixture
def place(db, tmp_path, monkeypatch):
    for name in ("several", "hundred"):
        monkeypatch.setitem(MODES, name, large.MODES[name])
    with running.partner() as (_partner, address), two.databases(tmp_path / "lanzhou") as found:
        found.introduce()
        for name in ("several", "hundred"):
            sample.service(
                f"620100/{name}", upstream=f"{address}/{name}", reply_bytes=200 * MEGABYTE
            )
            agreements.grant(
                f"620100/{name}", fields=("address", "alive"), clear_fields=("address",)
            )
        key = sample.system("62/approval")
        found.tell()
        with found.running():
            found.caller = running.Caller(found.province, key.key_id, key.secret)
            two.until(lambda: _stream(found, "several")[0] > 0)
            yield found


def _stream(place, name, *, wait=0.0):
    """How many bytes came; read piece by piece, checked, after a rest before the second."""
    path = f"/exchange/v1/streams/620100/{name}"
    body = json.dumps({"purpose": "核对申请人情况", "parameters": {"citizen_id": two.NUMBER}})
    headers = place.caller.headers(path, body.encode())
    node = place.province
    link = http.client.HTTPConnection(node.host, node.port, timeout=900)
    try:
        link.request("POST", path, body=body.encode(), headers=headers)
        answer = link.getresponse()
        first = answer.readline()[:-1]
        if answer.status != 200:
            return 0, [first.decode()]
        time.sleep(wait)
        memory = [_peak(place.province), _peak(place.lanzhou)]
        size, state = 0, primitives.sm3_state()
        while piece := answer.read(MEGABYTE):
            size += len(piece)
            state.update(piece)
    finally:
        link.close()
    stream = json.loads(first)["stream"]
    assert (size, state.finalize().hex()) == (stream["bytes"], stream["sm3"])
    text = envelope.text_of_reply(
        status=200, nonce=headers["X-Exchange-Nonce"], digest=envelope.digest(first)
    )
    assert answer.headers["x-exchange-mac"] == envelope.mac(place.caller.secret, text)
    return size, memory


def _peak(node):
    """The most memory the node's worker ever took, in megabytes."""
    pid = node.process.pid
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{child}/status").read_text())
    return int(found.group(1)) / 1024


def test_memory_does_not_grow_with_the_reply(place):
    before = [_peak(node) for node in (place.province, place.lanzhou)]
    for _ in range(3):  # a database that is slow on a busy machine lets nobody through
        size, waiting = _stream(place, "hundred", wait=2.0)
        if size or "ExchangeAway" not in waiting[0]:
            break
    after = [_peak(node) for node in (place.province, place.lanzhou)]
    assert size > 100 * MEGABYTE, waiting
    assert [now - then < 60 for now, then in zip(waiting, before, strict=True)] == [True, True]
    assert [now - then < 60 for now, then in zip(after, before, strict=True)] == [True, True]
