"""Large replies of query services without code: two hundred thousand rows from a file of Lanzhou's through
two real nodes, masked, on record at both before the first byte, and held in memory by nobody.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from django.db import connection

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.datasources import actions as sources
from yiwang.foundation.datasources import sample as declared
from yiwang.foundation.datasources.definitions import Field, FieldType, Parameter, SourceKind
from yiwang.foundation.datasources.opening import ADDRESS_PURPOSE
from yiwang.foundation.datasources.tests.running import process
from yiwang.foundation.exchange import actions, sample
from yiwang.foundation.exchange.definitions import NewService, ServiceField, ServiceKind
from yiwang.foundation.exchange.fastpath.shelf import Sealer
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running, two
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.mechanisms.crypto import primitives

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROWS = 200_000
MEGABYTE = 1_048_576
SERVICE = "620100/people"
#: What an answer of thirty megabytes may add to a process that never has more than some of it.
GROWTH = 40
CHILD = 160


def people(folder):
    (folder / declared.DEPARTMENT).mkdir()
    with sqlite3.connect(folder / declared.DEPARTMENT / "people.db") as db:
        db.execute("CREATE TABLE people (no TEXT, name TEXT, town TEXT, n INTEGER)")
        rows = ((f"{n:018d}", "马晓燕", "示例路 1 号".ljust(60, "x"), n) for n in range(ROWS))
        db.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", rows)
    return f"{declared.DEPARTMENT}/people.db"


def published(address):
    """A query of one town's people, answered in large when that is asked for."""
    officer = declared.officer("zhang")
    source = sources.register_source(
        label="人员库（示例）", kind=SourceKind.SQLITE, department=declared.DEPARTMENT,
        division_code=declared.DIVISION, address=address, actor=officer, at=now(),
    )  # fmt: skip
    body = declared.query(
        "people",
        table="people",
        fields=(
            Field("no", "no", "号", FieldType.TEXT, 3, "CITIZEN_ID"),
            Field("name", "name", "姓名", FieldType.TEXT, 3, "NAME"),
            Field("town", "town", "住址", FieldType.TEXT),
            Field("n", "n", "数", FieldType.INTEGER),
        ),
        parameters=(Parameter("town", "住址", FieldType.TEXT, "town"),),
        large=ROWS,
    )
    sources.propose_query(source=source.key, published=body, actor=officer, at=now())


@pytest.fixture
def place(db, tmp_path, settings):
    settings.SOURCE_FOLDER = str(tmp_path)
    address = people(tmp_path)
    published(address)
    connection.close()
    with two.databases(tmp_path / "lanzhou") as found:
        sealed = Sealer(found.store).close(address, ADDRESS_PURPOSE)
        found.there("UPDATE datasources_source SET address = %s", sealed)
        found.introduce()
        service = NewService(
            code=SERVICE,
            title="人员查询（示例）",
            upstream="local:people",
            kind=ServiceKind.QUERY,
            fields=tuple(
                ServiceField(name, name, grade, mask)
                for name, grade, mask in (
                    ("no", 3, "citizen_id"), ("name", 3, "name"), ("town", 2, ""), ("n", 2, ""),
                )
            ),
            reply_bytes=200 * MEGABYTE,
        )  # fmt: skip
        actions.publish_service(service=service, actor=machine("test"), at=now())
        agreements.grant(SERVICE, fields=("no", "name", "n"))
        key = sample.system("62/approval")
        found.tell()
        more = {"DATABASE_URL": found.url, "YIWANG_SOURCE_FOLDER": str(tmp_path)}
        with process(found.home, **more) as found.query, found.running():
            found.caller = running.Caller(found.province, key.key_id, key.secret)
            two.until(lambda: found.caller.call(SERVICE, parameters=TOWN)[0] == 200)
            yield found


TOWN = {"town": "示例路 1 号".ljust(60, "x")}


def asked(place, **more):
    """The connection, the answer and its first line."""
    path = f"/exchange/v1/streams/{SERVICE}"
    body = json.dumps({"purpose": "核对申请人情况", "parameters": TOWN, **more}).encode()
    node = place.province
    link = http.client.HTTPConnection(node.host, node.port, timeout=300)
    link.request("POST", path, body=body, headers=place.caller.headers(path, body))
    return link


def peak(pid):
    """The most memory a process ever took, in megabytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024


def children_of(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def worker(node):
    (child,) = children_of(node.process.pid)
    return child


def test_two_hundred_thousand_rows_are_held_by_nobody(place):
    long_lived = [worker(place.province), worker(place.lanzhou), place.query.pid]
    before = [peak(pid) for pid in long_lived]
    link = asked(place)
    answer = link.getresponse()
    head = json.loads(answer.readline())
    assert answer.status == 200, head
    message = head["message"]  # before a byte of the records was read, both receipts are on disk
    ours = Receipt.objects.get(message=message, side="CONSUMER")
    ((rows, digest),) = place.there(
        "SELECT rows, reply_digest FROM exchange_receipt WHERE message = %s", message
    )
    assert (ours.rows, ours.reply_digest, rows) == (ROWS, digest, ROWS)
    count, size, state = 0, 0, primitives.sm3_state()
    for line in answer:
        count, size = count + 1, size + len(line)
        state.update(line)
    link.close()
    assert (head["stream"]["rows"], count, head["stream"]["bytes"]) == (ROWS, ROWS, size)
    assert head["stream"]["sm3"] == state.finalize().hex()
    record = json.loads(line)
    assert (set(record), record["n"]) == ({"no", "name", "n"}, ROWS - 1)
    assert (record["name"], record["no"]) == ("马**", "000000********9999")
    grown = [peak(pid) - was for pid, was in zip(long_lived, before, strict=True)]
    assert max(grown) < GROWTH, grown
    assert max(map(peak, children_of(place.query.pid))) < CHILD


def test_when_the_caller_leaves_everything_for_him_ends(place):
    (child,) = children_of(place.query.pid)
    link = asked(place)
    two.until(lambda: busy(child), seconds=20)
    link.close()
    two.until(lambda: child not in children_of(place.query.pid), seconds=30)
    two.until(lambda: Receipt.objects.filter(refusal="CallerLeft", side="CONSUMER").exists())
    said = "SELECT 1 FROM exchange_receipt WHERE refusal = 'CallerLeft' AND side = 'PROVIDER'"
    two.until(lambda: place.there(said))
    assert place.caller.call(SERVICE, parameters=TOWN)[0] == 200


def busy(pid):
    """Has it worked since a moment ago?"""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return False
    before = sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))
    time.sleep(0.05)
    return sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) > before + 1


def test_a_source_s_own_no_is_no_fault_of_its_node(place):
    for _ in range(8):
        link = asked(place, parameters={"town": 5})
        answer = link.getresponse()
        said = json.loads(answer.read())
        link.close()
        assert (answer.status, said["refusal"]["code"]) == (422, "ParameterMissing")
    assert place.caller.call(SERVICE, parameters=TOWN)[0] == 200


def test_a_source_that_is_away_is_said_and_comes_back(place):
    os.kill(place.query.pid, signal.SIGSTOP)  # stopped: it neither answers nor ends
    try:
        link = asked(place)
        answer = link.getresponse()
        said = json.loads(answer.read())
        link.close()
    finally:
        os.kill(place.query.pid, signal.SIGCONT)
    assert (answer.status, said["refusal"]["code"]) == (502, "PartnerAway")
    two.until(lambda: place.caller.call(SERVICE, parameters=TOWN)[0] == 200)
