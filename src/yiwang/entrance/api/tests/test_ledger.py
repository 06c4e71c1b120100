from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import Client

from yiwang.foundation.ledger import actions, outside, queries, sources, yiwang_verify
from yiwang.foundation.ledger.tests import plain
from yiwang.foundation.ledger.tests.far import FarLedger
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import sample
from yiwang.support.identity import sample as identity

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    from django.core.cache import cache

    cache.clear()
    monkeypatch.setattr(outside, "folder", lambda: tmp_path)


def grow(count):
    with transaction.atomic():
        for number in range(count):
            journal.record(actor=machine("t"), act="ACT", subject=f"case:{number}", at=AT)
    journal.seal(at=AT)
    for _ in range(2):
        actions.append(sources.SOURCES[0])
    actions.write_checkpoint(at=AT)


def ask(client, address, status=200):
    response = client.get(f"/api/v1/ledger/{address}")
    assert response.status_code == status, response.content
    return response.json()


def test_an_outsider_keeps_the_whole_tree_himself(client):
    grow(7)
    grow(20)
    newest = ask(client, "checkpoint")
    assert newest["number"] == 2
    assert newest["signed"]["trees"] == newest["trees"]
    report = yiwang_verify.Report()
    keys = yiwang_verify.Keys(newest["keys"], (), report)
    assert keys.signed(newest["signed"]) == ""
    own = yiwang_verify.Growing()
    for leaf in ask(client, "leaves?tree=journal&first=1&count=1000")["leaves"]:
        own.append(bytes.fromhex(leaf))
    assert own.root().hex() == newest["trees"][0]["root"]
    proof = ask(client, "inclusion?tree=journal&number=3&checkpoint=1")
    path = [bytes.fromhex(step) for step in proof["path"]]
    root = yiwang_verify.root_by_path(bytes.fromhex(proof["leaf"]), 2, proof["size"], path)
    assert root.hex() == ask(client, "checkpoint?number=1")["trees"][0]["root"]
    joined = ask(client, "consistency?first=1&second=2")
    assert yiwang_verify.check_consistency(joined).findings == []
    listed = ask(client, "checkpoints")
    assert ([row["number"] for row in listed["rows"]], listed["next"]) == ([2, 1], 0)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("checkpoint", 404),
        ("checkpoint?number=5", 404),
        ("inclusion?tree=journal&number=1", 409),
        ("inclusion?tree=journal&number=0", 422),
        ("inclusion?tree=J&number=1", 422),
        ("consistency?first=2&second=1", 404),
        ("leaves?tree=journal&first=1", 404),
        ("leaves?tree=journal&first=1&count=1001", 422),
        ("seen?ledger=62%27", 422),
        ("seen?ledger=62&within=journal", 422),
    ],
)
def test_what_is_not_there_is_refused_in_words(client, address, status):
    assert ask(client, address, status)["refusal"]["sentence"]


def test_a_member_is_witnessed_and_an_auditor_reads_what_was_signed(client):
    lanzhou, _ = sample.three_nodes(at=moments.now())
    ledger = FarLedger(lanzhou)
    ledger.grow(5)
    ledger.sign()
    assert ask(client, "seen?ledger=620100") == {"checkpoint": None}
    told = post(client, ledger.submission())
    assert ask(client, "seen?ledger=620100") == {"checkpoint": ledger.lines[0]}
    assert ask(client, "seen?ledger=620100&within=journal:4") == {"checkpoint": None}
    text = client.get("/api/v1/ledger/statements?ledger=620100").content
    assert [json.loads(line) for line in text.splitlines()] == [told]
    ledger.leaves[0] = b"another"
    ledger.grow(1)
    ledger.sign()
    refused = post(client, ledger.submission(ledger.lines[0]), 409)
    assert refused["refusal"]["code"] == "HistoryDiverges"
    [alarm] = queries.list_alarms()
    assert json.loads(alarm.evidence)["seen"]["trees"][0]["root"] != plain.h(b"").hex()


def test_a_node_needs_no_cookie_and_a_signed_in_browser_does_not_submit_for_another_site(client):
    lanzhou, _ = sample.three_nodes(at=moments.now())
    ledger = FarLedger(lanzhou)
    ledger.grow(5)
    ledger.sign()
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, ledger.submission())["ledger"] == "620100"
    view = people.register_person(1, at=moments.now())
    identity.open_person_account(view.reference, at=moments.now())
    identity.sign_in_client(strict, view.reference, at=moments.now())
    post(strict, ledger.submission(), 403)


def test_a_stranger_or_nonsense_is_not_witnessed(client):
    sample.three_nodes(at=moments.now())
    stranger = FarLedger(sample.far_node("620200", "陌生"))
    stranger.grow(1)
    stranger.sign()
    assert post(client, stranger.submission(), 403)["refusal"]["code"] == "UnknownLedger"
    assert post(client, {"checkpoint": {}, "vouch": {}}, 422)["refusal"]["code"]
    assert post(client, {**stranger.submission(), "more": 1}, 422)


def post(client, document, status=200):
    response = client.post(
        "/api/v1/ledger/witness", json.dumps(document), content_type="application/json"
    )
    assert response.status_code == status, response.content
    return response.json()


@pytest.mark.parametrize(
    ("within", "status"),
    [
        ("", 200),
        ("journal:600", 200),
        ("journal:600,exchange:20", 200),
        ("a:5b:6", 422),
        ("a", 422),
    ],
)
def test_sizes_to_lie_within_are_read_or_refused(client, within, status):
    answer = client.get("/api/v1/ledger/seen", {"ledger": "62", "within": within})
    assert answer.status_code == status, answer.content
