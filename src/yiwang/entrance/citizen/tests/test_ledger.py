from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import transaction

from yiwang.capability.cases import sample as cases
from yiwang.foundation.ledger import actions, outside, queries, sources, yiwang_verify
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import sample as identity

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    from django.core.cache import cache

    cache.clear()
    monkeypatch.setattr(outside, "folder", lambda: tmp_path)


@pytest.fixture
def owner(client):
    at = moments.now()
    view = people.register_person(1, at=at)
    identity.open_person_account(view.reference, at=at)
    return identity.sign_in_client(client, view.reference, at=at)


@pytest.fixture
def case(owner):
    with transaction.atomic():
        return cases.opened(owner, instant=False)


def sign():
    """What has happened so far is sealed, in the tree and under a checkpoint."""
    while journal.seal(at=AT):
        continue
    for _ in range(2):
        actions.append(sources.SOURCES[0])
    actions.write_checkpoint(at=AT)


def record(act="LOOKED", subject="case:x", subjects=()):
    with transaction.atomic():
        journal.record(
            actor=machine("t"),
            act=act,
            subject=subject,
            at=AT,
            purpose="审查申请",
            subjects=subjects,
        )


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_before_the_first_checkpoint_the_page_says_so(client):
    assert "还没有签过名" in page(client, "/ledger/")


def test_anybody_sees_the_newest_checkpoint_and_its_fingerprint(client):
    record()
    sign()
    newest = queries.find_newest()
    said = page(client, "/ledger/")
    assert "第 1 号检查点" in said
    assert newest.trees[0].root in said
    assert "还没有别的节点见证" in said
    [(key_id, fingerprint)] = queries.fingerprints_of(queries.keys_of(newest))
    assert key_id in said
    assert fingerprint in said


def test_a_number_leads_to_its_proof(client):
    record()
    sign()
    said = page(client, "/ledger/?number=1")
    assert "第 1 条在账里" in said
    assert queries.prove_inclusion(tree="journal", number=1).leaf.hex() in said


@pytest.mark.parametrize("typed", ["0", "-1", "x", "٣", "9" * 20, "1.5"])
def test_what_is_no_number_is_explained_at_the_field(client, typed):
    assert "编号是从 1 开始的整数" in page(client, f"/ledger/?number={typed}")


def test_a_number_that_is_not_there_yet_is_explained(client):
    record()
    sign()
    assert "公开账本里没有这个编号" in page(client, "/ledger/?number=999999")


def test_an_alarm_about_ours_is_shown_to_everybody_and_one_about_others_is_not(client):
    for ledger, kind in (("620100", "NOT_EXTENDING"), ("62", "REWRITTEN")):
        actions.raise_alarm(ledger=ledger, kind=actions.alarms.AlarmKind(kind), evidence={}, at=AT)
    said = page(client, "/ledger/")
    assert "账本有一处对不上" in said
    assert "REWRITTEN" in said
    assert "NOT_EXTENDING" not in said


def test_the_verifier_is_handed_out_as_it_is(client):
    response = client.get("/ledger/yiwang_verify.py")
    assert "attachment" in response["Content-Disposition"]
    assert response.content.decode() == queries.verifier_text()


def test_a_person_takes_along_the_proof_of_his_own_case(client, owner, case):
    record("READ", case.reference, [owner.applicant])
    record("READ", case.reference, [owner.applicant, "person:somebodyelse0000"])
    record("NOTED", case.reference)
    sign()
    response = client.get(f"/my/cases/{case.key}/proof/")
    assert response["Content-Disposition"] == f'attachment; filename="proof-{case.case_no}.json"'
    assert response["Cache-Control"] == "no-store"
    document = json.loads(response.content)
    report = yiwang_verify.check_proof(document)
    assert report.findings == []
    told = {entry["number"]: entry["entry"] for entry in document["entries"]}
    *_, submitted, look, look_at_two, note = [told[number] for number in sorted(told)]
    assert json.loads(submitted["body"])["subject"] == case.reference
    assert json.loads(look["body"])["subjects"] == [owner.applicant]
    assert (look_at_two, note) == (None, None)
    assert "somebodyelse" not in response.content.decode()


def test_nobody_gets_the_proof_of_anothers_case(client, case):
    sign()
    at = moments.now()
    other = people.register_person(2, at=at)
    identity.open_person_account(other.reference, at=at)
    identity.sign_in_client(client, other.reference, at=at)
    assert client.get(f"/my/cases/{case.key}/proof/").status_code == 404


def test_a_person_takes_along_the_proof_of_who_looked(client, owner):
    record("READ", owner.applicant)
    sign()
    document = json.loads(client.get("/my/reads/proof/").content)
    assert yiwang_verify.check_proof(document).findings == []
    [entry] = document["entries"]
    assert json.loads(entry["entry"]["body"])["purpose"] == "审查申请"
    assert "/my/reads/proof/" in page(client, "/my/reads/")


def test_what_is_younger_than_the_newest_checkpoint_waits(client, owner, case):
    response = client.get(f"/my/cases/{case.key}/proof/")
    assert response.status_code == 409
    assert "还没有进入签过名的检查点" in response.content.decode()


def test_the_page_speaks_english(client):
    record()
    sign()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    said = client.get("/ledger/").content.decode()
    assert "Public ledger" in said
    assert "Checkpoint 1" in said
