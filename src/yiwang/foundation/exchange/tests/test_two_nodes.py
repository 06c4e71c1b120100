"""Two nodes, two databases, two key stores: sealed calls, receipts on both sides."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import queries, rules, sample
from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.fastpath.tests.test_rules_of_envelopes import mutated
from yiwang.foundation.exchange.models import Countersignature, Receipt, Use
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.exchange.tests import two as pair
from yiwang.foundation.exchange.tests.two import message_to, send, until
from yiwang.mechanisms.crypto import rules as crypto_rules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

#: What an intruder with the owner's rights does first: a receipt is neither changed nor deleted otherwise.
OFF = "ALTER TABLE exchange_receipt DISABLE TRIGGER USER;"
ON = ";ALTER TABLE exchange_receipt ENABLE TRIGGER USER"
SERVICE = "620100/household-register"
NUMBER = pair.NUMBER
KILLS = int(os.environ.get("YIWANG_TRIAL_KILLS", "4"))


@pytest.fixture(scope="module")
def two(django_db_setup, django_db_blocker, tmp_path_factory):
    home = tmp_path_factory.mktemp("lanzhou")
    with django_db_blocker.unblock(), pair.running_two(home) as found:
        yield found


@pytest.fixture
def caller(two):
    """A system of the province that may ask Lanzhou's register."""
    with running.partner(slow_seconds=2.0) as (partner, address):
        two.introduce()
        sample.service(SERVICE, upstream=f"{address}/good")
        sample.service("620100/slow", upstream=f"{address}/slow")
        key = sample.system("62/approval")
        caller = running.Caller(two.province, key.key_id, key.secret)
        agreements.grant(SERVICE, fields=("name", "alive"), clear_fields=("name",))
        caller.slow_grant = agreements.grant("620100/slow", fields=("alive",))
        caller.partner = partner
        two.tell()
        until(lambda: caller.call(SERVICE)[0] == 200)
        yield caller
        until(lambda: in_blocks() >= Receipt.objects.count())  # before the tables are emptied


def in_blocks():
    count, after = 0, 0
    while some := queries.list_blocks(after=after, limit=1_000):
        count, after = count + sum(block.count for block in some), some[-1].number
    return count


def code_of(answer):
    return answer.get("refusal", {}).get("code")


def their_receipts(two, message):
    names = ", ".join(rules.FACTS)
    rows = two.there(f"SELECT {names} FROM exchange_receipt WHERE message = %s", message)  # noqa: S608
    return [dict(zip(rules.FACTS, row, strict=True)) for row in rows]


def test_both_nodes_have_a_receipt_of_the_same_facts(two, caller):
    status, answer = caller.call(SERVICE, case="62-2026-7", item="gaoling", subject=NUMBER)
    assert status == 200
    assert answer["value"] == {"name": "马晓燕", "alive": True}
    ours = Receipt.objects.filter(message=answer["message"]).values(*rules.FACTS).get()
    (theirs,) = their_receipts(two, answer["message"])
    assert (ours["side"], theirs["side"]) == ("CONSUMER", "PROVIDER")
    assert rules.shared_digest(ours) == rules.shared_digest(theirs)
    assert (theirs["from_node"], theirs["system"]) == ("62", "62/approval")
    # The index of a person is each node's own: one node's list is of no use to the other.
    assert ours["subject_index"] != theirs["subject_index"]


def test_a_grant_withdrawn_at_the_provider_ends_at_once(two, caller):
    two.there(
        "UPDATE agreements_grant SET state = 'SUSPENDED' WHERE service = %s RETURNING 1", SERVICE
    )
    until(lambda: code_of(caller.call(SERVICE)[1]) == "GrantIsOver")


def test_a_grant_withdrawn_at_the_provider_in_mid_call_is_refused(two, caller):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(caller.call, "620100/slow")
        time.sleep(0.4)
        two.there(
            "UPDATE agreements_grant SET state = 'SUSPENDED' WHERE key = %s RETURNING 1",
            caller.slow_grant,
        )
        two.there("SELECT pg_notify('exchange_changed', '')")
        status, answer = waiting.result()
    assert (status, code_of(answer)) == (403, "GrantIsOver")
    assert "value" not in answer
    (theirs,) = their_receipts(two, answer["message"])
    assert (theirs["status"], theirs["refusal"]) == ("REFUSED", "GrantIsOver")


def question(caller, **changes):
    given = pair.question(**{"service": SERVICE, "grant": agreements_key(), **changes})
    return json.dumps(given, ensure_ascii=False).encode()


def agreements_key():
    from yiwang.foundation.agreements.models import DataGrant

    return DataGrant.objects.get(service=SERVICE).key


def opened(keys, answer):
    _head, body = envelope.open_message(keys, answer)
    line, _, rest = body.partition(b"\n")
    return int(line), json.loads(rest)


def test_a_message_made_by_the_book_is_answered(two, caller):
    keys, head, body = message_to(two, question(caller))
    status, answer = send(two, keys, head, body)
    assert status == 200
    assert opened(keys, answer)[1]["value"] == {"alive": True}


def test_a_message_counts_once(two, caller):
    keys, head, body = message_to(two, question(caller))
    assert send(two, keys, head, body)[0] == 200
    status, answer = send(two, keys, head, body)
    assert (status, json.loads(answer)["refusal"]["code"]) == (409, "CallRepeated")


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_message_of_ten_minutes_ago_is_refused(two, caller, minutes):
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    status, answer = send(two, *message_to(two, question(caller), at=at))
    assert (status, json.loads(answer)["refusal"]["code"]) == (401, "ClockWrong")


@pytest.mark.parametrize(
    "changes",
    [
        {"receiver": "62"},
        {"sender": "620200"},
        {"sender_key": "sign-node.9"},
        {"receiver_key": "sign-node.9"},
        {"is_reply": True},
    ],
)
def test_a_message_with_another_head_is_not_genuine(two, caller, changes):
    status, answer = send(two, *message_to(two, question(caller), **changes))
    assert (status, json.loads(answer)["refusal"]["code"]) == (401, "MessageNotGenuine")


def test_altered_messages_are_refused_and_leave_nothing(two, caller):
    keys, head, body = message_to(two, question(caller))
    raw, chance = envelope.close_message(keys, head, body), random.Random(252)
    for _ in range(300):
        changed = mutated(raw, chance)
        if changed != raw:
            status, _headers, _answer = two.lanzhou.send("POST", "/exchange/v1/relay", changed)
            assert status == 401
    assert their_receipts(two, head.message) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"system": "620100/approval"}, "RequestMalformed"),
        ({"service": "62/other"}, "NotGranted"),
        ({"grant": "nobody"}, "GrantIsOver"),
        ({"department": "11620000000000099N"}, "NotGranted"),
        ({"purpose": "随便"}, "PurposeNotGranted"),
        ({"fields": ["address"]}, "FieldNotGranted"),
    ],
)
def test_a_partner_s_word_alone_opens_nothing(two, caller, changes, code):
    keys, head, body = message_to(two, question(caller, **changes))
    status, answer = send(two, keys, head, body)
    assert status == 200
    assert code_of(opened(keys, answer)[1]) == code


def test_an_unknown_kind_is_refused_under_the_seal(two, caller):
    keys, head, body = message_to(two, b"{}", kind="gossip")
    assert code_of(opened(keys, send(two, keys, head, body)[1])[1]) == "NoSuchAddress"


def test_a_suspended_member_is_neither_asked_nor_heard(two, caller):
    two.there("UPDATE nodes_node SET state = 'SUSPENDED' WHERE code = '62' RETURNING 1")
    two.there("SELECT pg_notify('exchange_changed', '')")
    until(lambda: caller.call(SERVICE)[1]["status"] == "AWAY")


def test_a_node_that_is_down_is_away_and_heals(two, caller):
    two.lanzhou.kill()
    status, answer = caller.call(SERVICE)
    assert (status, code_of(answer)) == (502, "PartnerAway")
    two.lanzhou.start()
    assert caller.call(SERVICE)[0] == 200


def test_nothing_personal_is_readable_between_nodes(two, caller):
    keys, head, body = message_to(two, question(caller))
    raw = envelope.close_message(keys, head, body)
    assert NUMBER.encode() in body
    assert NUMBER.encode() not in raw
    _status, answer = send(two, keys, head, body)
    assert b"alive" not in answer


def theirs_of(two, message):
    return two.there("SELECT id FROM exchange_receipt WHERE message = %s", message)


def the_parts():
    return list(Countersignature.objects.order_by("block_id"))


def test_each_second_s_receipts_are_countersigned_by_the_partner(two, caller):
    for _ in range(5):
        assert caller.call(SERVICE)[0] == 200
    until(lambda: the_parts() and all(part.signed_at for part in the_parts()))
    assert all(part.mismatches == [] for part in the_parts())
    assert sum(part.count for part in the_parts()) >= 5
    for part in the_parts():
        text = rules.part_text(
            asker="62", partner="620100", number=part.block_id, root=part.root, count=part.count
        )
        key_id = two.store.current("sign-node")
        point = two.store.public_key(key_id).point
        signed = rules.answered_text(text, [])
        assert crypto_rules.is_signed_by(signed, part.signature, key_id=key_id, point=point)
        other = rules.answered_text(text + b"0", [])
        assert not crypto_rules.is_signed_by(other, part.signature, key_id=key_id, point=point)


def test_a_refused_call_that_never_left_is_nothing_the_partner_has_to_sign(two, caller):
    """It lies in the same block as others, and neither side counts it among what they had together."""
    for purpose in ("核对申请人情况", "随便看看") * 5:
        caller.call(SERVICE, purpose=purpose)
    until(lambda: in_blocks() >= Receipt.objects.count())
    until(lambda: the_parts() and all(part.signed_at for part in the_parts()))
    assert [part.mismatches for part in the_parts() if part.mismatches] == []


def test_a_partner_that_changed_its_receipt_or_lost_it_is_reported(two, caller):
    (_status, kept), (_status, changed), (_status, lost) = (caller.call(SERVICE) for _ in range(3))
    two.there(OFF)
    two.there(
        "UPDATE exchange_receipt SET purpose = '别的' WHERE message = %s RETURNING 1",
        changed["message"],
    )
    two.there("DELETE FROM exchange_receipt WHERE message = %s RETURNING 1", lost["message"])
    until(lambda: len(found_mismatches()) >= 2)
    found = found_mismatches()
    assert found[changed["message"]] == "DIFFERENT"
    assert found[lost["message"]] == "MISSING"
    assert kept["message"] not in found


def found_mismatches():
    return {message: why for view in queries.list_mismatches() for message, why in view.calls}


def test_a_killed_node_s_receipts_are_in_blocks_after_its_start(two, caller):
    for _ in range(3):
        assert caller.call(SERVICE)[0] == 200
    two.province.kill()
    two.province.start()
    assert caller.call(SERVICE)[0] == 200
    until(lambda: in_blocks() == Receipt.objects.count())
    assert list(queries.check_blocks()) == []
    assert sum(t.calls for t in traffic()) == Receipt.objects.count()
    assert sum(t.calls for t in traffic(hours=24)) == Receipt.objects.count()
    (grant,) = Use.objects.values_list("grant_key", flat=True)
    assert queries.count_uses(grant).calls == Receipt.objects.count()


def traffic(hours=1):
    at = datetime.now(UTC)
    return queries.list_traffic(since=at - timedelta(hours=hours), until=at + timedelta(hours=1))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchange_receipt SET rows = rows + 1 WHERE id = (SELECT max(id) FROM exchange_receipt)",
        "UPDATE exchange_receipt SET case_no = 'x' WHERE id = (SELECT min(id) FROM exchange_receipt)",
        "DELETE FROM exchange_receipt WHERE id = (SELECT max(id) FROM exchange_receipt)",
        "UPDATE exchange_block SET count = count + 1",
        "UPDATE exchange_block SET previous = repeat('0', 64)",
    ],
)
def test_a_tampered_book_is_found_in_its_block(two, caller, statement):
    caller.call(SERVICE)
    until(lambda: in_blocks() == Receipt.objects.count())
    assert list(queries.check_blocks()) == []
    with connection.cursor() as cursor:
        cursor.execute(OFF + statement + ON)
    assert list(queries.check_blocks()) != []


def wait_for(more, answered, nodes):
    """Until so many more calls were answered; what ended is started again, as the supervisor does."""
    enough, end = len(answered) + more, time.monotonic() + 120
    while len(answered) < enough:
        assert time.monotonic() < end, "no calls are answered any more"
        for node in nodes:
            if node.process.poll() is not None:
                node.start()
        time.sleep(0.02)


def test_no_answered_call_lacks_a_receipt_on_either_side_over_kills(two, caller, record_property):
    """Calls from eight lines while one node or the other is killed, whole or its worker alone, and
    started again; at length: ``python -m trial exchange_kills``."""
    answered, stop, chance = [], threading.Event(), random.Random(KILLS)

    def line():
        while not stop.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, answer = caller.call(SERVICE, seconds=5.0)
                if status == 200:
                    answered.append(answer["message"])
                    continue
            time.sleep(0.05)

    nodes = (two.province, two.lanzhou)
    threads = [threading.Thread(target=line) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(KILLS):
            wait_for(10, answered, nodes)
            time.sleep(chance.random() / 10)
            node = chance.choice(nodes)
            if chance.random() < 0.5 or not node.kill_worker():
                node.kill()
        wait_for(20, answered, nodes)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    ours = set(Receipt.objects.values_list("message", flat=True))
    theirs = {message for (message,) in two.there("SELECT message FROM exchange_receipt")}
    record_property("kills", KILLS)
    record_property("answered", len(answered))
    assert len(answered) > 10 * KILLS
    assert set(answered) <= ours
    assert set(answered) <= theirs
    until(lambda: in_blocks() >= Receipt.objects.count())
    assert list(queries.check_blocks()) == []
