from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from yiwang.foundation.ledger import actions, outside, queries, yiwang_verify
from yiwang.foundation.ledger.models import LedgerAlarm, SeenCheckpoint, WitnessSignature
from yiwang.foundation.ledger.refusals import (
    CannotReadCheckpoint,
    HistoryDiverges,
    OlderThanSeen,
    UnknownLedger,
)
from yiwang.foundation.ledger.rules import documents, merkle
from yiwang.foundation.ledger.tests import plain
from yiwang.foundation.ledger.tests.far import FarLedger, FarWitness, sign
from yiwang.foundation.ledger.tests.test_appending import Rows
from yiwang.foundation.ledger.tests.test_checkpoints import grow, shrink
from yiwang.mechanisms.crypto import primitives
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes import sample
from yiwang.network.nodes.definitions import NodeState

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "folder", lambda: tmp_path)


@pytest.fixture
def lanzhou() -> sample.FarNode:
    node, _ = sample.three_nodes(at=AT)
    return node


@pytest.fixture
def ledger(lanzhou: sample.FarNode) -> FarLedger:
    """With a first checkpoint of seven leaves."""
    ledger = FarLedger(lanzhou)
    ledger.grow(7)
    ledger.sign()
    return ledger


def alarms() -> list[str]:
    return [alarm.kind for alarm in LedgerAlarm.objects.order_by("id")]


def test_a_first_checkpoint_is_countersigned_by_our_nodes_key(ledger: FarLedger) -> None:
    told = actions.witness(submission=ledger.submission(), at=AT)
    assert told["checkpoint"] == plain.h(documents.plain(ledger.lines[0])).hex()
    assert (told["ledger"], told["number"], told["witness"]) == ("620100", 1, "62")
    key = nodes.own().key
    assert documents.is_signed(told, {key.key_id: key.point})
    assert queries.find_seen("620100") == ledger.lines[0]
    assert queries.list_seen("620100") == (told,)
    assert actions.witness(submission=ledger.submission(), at=AT) == told
    assert SeenCheckpoint.objects.count() == 1


def test_one_that_extends_the_last_is_countersigned(ledger: FarLedger) -> None:
    actions.witness(submission=ledger.submission(), at=AT)
    first = ledger.lines[0]
    ledger.grow(30)
    ledger.sign()
    told = actions.witness(submission=ledger.submission(first), at=AT)
    assert told["number"] == 2
    assert alarms() == []


@pytest.mark.parametrize("how", ["rewritten", "no proof", "shorter", "same size", "other hash"])
def test_one_that_does_not_extend_the_last_is_refused_with_both_as_evidence(
    ledger: FarLedger, how: str
) -> None:
    actions.witness(submission=ledger.submission(), at=AT)
    first = ledger.lines[0]
    if how == "shorter":
        del ledger.leaves[5:]
    elif how != "same size":
        ledger.grow(30)
    if how in ("rewritten", "same size"):
        ledger.leaves[3] = b"another"
    ledger.sign()
    if how == "other hash":
        changed = copy.deepcopy(ledger.lines[-1])
        changed["trees"][0]["hash"] = "sha256"
        del changed["signature"]
        ledger.lines[-1] = sign(ledger.secret, changed, "sign-ledger.1")
    bases = [first] if how in ("rewritten", "other hash") else []
    for _ in range(2):
        with pytest.raises(HistoryDiverges):
            actions.witness(submission=ledger.submission(*bases), at=AT)
    assert alarms() == ["NOT_EXTENDING"]
    evidence = json.loads(LedgerAlarm.objects.get().evidence)
    assert (evidence["seen"], evidence["offered"]["checkpoint"]) == (first, ledger.lines[-1])
    assert SeenCheckpoint.objects.count() == 1


def test_two_checkpoints_with_one_number_are_two_histories(ledger: FarLedger) -> None:
    actions.witness(submission=ledger.submission(), at=AT)
    ledger.lines.clear()
    ledger.grow(1)
    ledger.sign()
    with pytest.raises(HistoryDiverges):
        actions.witness(submission=ledger.submission(), at=AT)
    assert alarms() == ["NOT_EXTENDING"]


def test_an_older_one_than_seen_is_not_signed_and_no_alarm(ledger: FarLedger) -> None:
    ledger.grow(1)
    ledger.sign()
    actions.witness(submission=ledger.submission(), at=AT)
    ledger.lines.pop()
    with pytest.raises(OlderThanSeen):
        actions.witness(submission=ledger.submission(), at=AT)
    assert alarms() == []


def test_a_told_restore_is_an_alarm_and_is_countersigned(ledger: FarLedger) -> None:
    actions.witness(submission=ledger.submission(), at=AT)  # 7 leaves
    ledger.grow(9)
    second = ledger.sign()
    actions.witness(submission=ledger.submission(ledger.lines[0]), at=AT)  # 16 leaves
    del ledger.leaves[10:]
    told = ledger.sign(restored_to=AT.isoformat(), lost_until={"journal": 16})
    ledger.grow(20, b"new")
    ledger.sign()
    base = queries.find_seen("620100", within={"journal": 10})
    assert base == ledger.lines[0]
    submission = ledger.submission(base, told, restorations=[told])
    assert actions.witness(submission=submission, at=AT)["number"] == 4
    assert alarms() == ["RESTORED"]
    assert json.loads(LedgerAlarm.objects.get().evidence) == {"seen": second, "told": told}


def test_a_restore_excuses_nothing_older_than_what_it_kept(ledger: FarLedger) -> None:
    actions.witness(submission=ledger.submission(), at=AT)
    ledger.grow(9)
    ledger.sign()
    actions.witness(submission=ledger.submission(ledger.lines[0]), at=AT)
    del ledger.leaves[10:]
    ledger.leaves[2] = b"another"  # older than the restore, and covered by the first checkpoint
    told = ledger.sign(restored_to=AT.isoformat(), lost_until={"journal": 16})
    submission = ledger.submission(ledger.lines[0], restorations=[told])
    with pytest.raises(HistoryDiverges):
        actions.witness(submission=submission, at=AT)
    assert alarms() == ["RESTORED", "NOT_EXTENDING"]


def test_who_is_no_active_member_is_not_witnessed(ledger: FarLedger) -> None:
    stranger = FarLedger(sample.far_node("620200", "陌生"))
    stranger.grow(1)
    stranger.sign()
    away = FarLedger(
        sample.member(sample.far_node("620300", "停"), at=AT, state=NodeState.SUSPENDED)
    )
    away.grow(1)
    away.sign()
    for one in (stranger, away):
        with pytest.raises(UnknownLedger):
            actions.witness(submission=one.submission(), at=AT)


@pytest.mark.parametrize("how", ["signature", "vouch", "key", "root", "size", "shape", "steps"])
def test_what_is_not_signed_by_the_member_is_refused(ledger: FarLedger, how: str) -> None:
    submission = copy.deepcopy(ledger.submission())
    if how == "signature":
        submission["checkpoint"]["at"] = "2026-03-02T01:31:00+00:00"
    elif how == "vouch":
        submission["vouch"]["signature"] = ledger.lines[0]["signature"]
    elif how == "key":
        other = FarLedger(sample.far_node(), leaves=list(ledger.leaves))
        other.sign()
        submission = other.submission()  # another key vouches in the same name
    elif how == "root":
        submission["checkpoint"]["trees"][0]["root"] = "00"
    elif how == "size":
        submission["checkpoint"]["trees"][0]["size"] = True
    elif how == "shape":
        submission["proofs"] = [1]
    else:
        submission["proofs"] = {"1": {"journal": ["00" * 32] * 1000}}
    with pytest.raises(CannotReadCheckpoint):
        actions.witness(submission=submission, at=AT)
    assert SeenCheckpoint.objects.count() == 0


@pytest.fixture
def rows() -> Rows:
    """A tree of ten leaves of ours, and a checkpoint of it."""
    rows = Rows(10, "journal")
    actions.append(rows.source)
    actions.append(rows.source)
    actions.write_checkpoint(at=AT)
    return rows


def test_our_newest_checkpoint_is_countersigned_and_kept_outside(
    rows: Rows, lanzhou: sample.FarNode
) -> None:
    far = FarWitness(lanzhou)
    assert actions.ask_witnesses([far], at=AT) == 1
    assert actions.ask_witnesses([far], at=AT) == 0
    grow(rows, 30)
    actions.write_checkpoint(at=AT)
    assert actions.ask_witnesses([far], at=AT) == 1
    proof = far.asked["proofs"]["1"]["journal"]
    assert merkle.extends(
        first=10,
        first_root=bytes.fromhex(far.seen[0]["trees"][0]["root"]),
        second=40,
        second_root=bytes.fromhex(far.seen[1]["trees"][0]["root"]),
        path=[bytes.fromhex(step) for step in proof],
    )
    report = yiwang_verify.Report()
    keys = yiwang_verify.Keys(yiwang_verify.read_keys(outside.folder()), (), report)
    holding = yiwang_verify.check_checkpoints(outside.folder(), keys, report)
    yiwang_verify.check_seen(holding, outside.folder(), (), keys, report)
    assert report.findings == []
    assert sum("由节点 620100" in line for line in report.good) == 2


def test_a_witness_that_is_away_or_lies_holds_up_no_other(
    rows: Rows, lanzhou: sample.FarNode
) -> None:
    police = nodes.get_node(sample.POLICE)
    other = sample.far_node(police.code)  # not the member's key
    bad = [FarWitness(lanzhou, mood="away"), FarWitness(other, mood="lies")]
    good = FarWitness(lanzhou)
    assert actions.ask_witnesses([*bad, good], at=AT) == 1
    assert WitnessSignature.objects.get().witness == "620100"
    assert alarms() == []


def test_a_refusal_of_our_history_is_an_alarm_here_too(rows: Rows, lanzhou: sample.FarNode) -> None:
    assert actions.ask_witnesses([FarWitness(lanzhou, mood="refuses")], at=AT) == 0
    assert alarms() == ["REFUSED"]


def test_after_a_restore_the_witness_gets_the_line_and_proofs_from_what_was_kept(
    rows: Rows, lanzhou: sample.FarNode
) -> None:
    far = FarWitness(lanzhou)
    actions.ask_witnesses([far], at=AT)
    grow(rows, 30)
    actions.write_checkpoint(at=AT)
    actions.ask_witnesses([far], at=AT)
    shrink(20)
    del rows.digests[20:]
    actions.write_restoration(restored_to=AT, at=AT)
    actions.ask_witnesses([far], at=AT)
    assert [line["number"] for line in far.asked["restorations"]] == [3]
    assert set(far.asked["proofs"]) == {"1", "3"}
    assert far.asked["proofs"]["1"]["journal"]


def test_vouching_names_ledger_and_key() -> None:
    assert documents.vouched_text("62", "k", "p") != documents.vouched_text("6", "2k", "p")
    secret = primitives.new_sm2_key()
    signed = sign(secret, {"a": 1}, "k")
    point = primitives.sm2_public(secret).hex()
    assert documents.is_signed(signed, {"k": point})
    assert not documents.is_signed({**signed, "a": 2}, {"k": point})
    assert not documents.is_signed({**signed, "algorithm": "none"}, {"k": point})
    assert not documents.is_signed({**signed, "signature": "?"}, {"k": point})
