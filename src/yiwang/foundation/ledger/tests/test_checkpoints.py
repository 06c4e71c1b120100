from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from yiwang.foundation.ledger import actions, outside, queries
from yiwang.foundation.ledger.definitions import NoSuchLeaf, NotInLedgerYet
from yiwang.foundation.ledger.models import HashTree, LedgerAlarm, LedgerCheckpoint
from yiwang.foundation.ledger.rules import merkle
from yiwang.foundation.ledger.tests.test_appending import Rows
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import signed_lines

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "folder", lambda: tmp_path)


@pytest.fixture
def rows() -> Rows:
    """A tree of ten leaves."""
    rows = Rows(10)
    actions.append(rows.source)
    actions.append(rows.source)
    return rows


def grow(rows: Rows, count: int) -> None:
    rows.digests += [bytes([count]) * 32] * count
    actions.append(rows.source)


def shrink(size: int) -> None:
    """As a database stands that was brought back to an earlier moment."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_tree SET size = %s", [size])
        cursor.execute("UPDATE ledger_run SET hashes = substring(hashes FOR %s)", [size * 32])


def lines() -> list[dict[str, object]]:
    return [json.loads(line) for line in outside.read_lines()]


def test_nothing_is_signed_before_there_is_a_leaf() -> None:
    assert actions.write_checkpoint(at=AT) is None
    with pytest.raises(NotInLedgerYet):
        queries.prove_inclusion(tree="trial", number=1)


def test_a_checkpoint_says_size_and_root_and_is_signed_in_the_file(rows: Rows) -> None:
    assert actions.write_checkpoint(at=AT) == 1
    assert actions.write_checkpoint(at=AT) is None
    grow(rows, 3)
    assert actions.write_checkpoint(at=AT + timedelta(minutes=1)) == 2
    first, second = lines()
    assert first["trees"] == [
        {"hash": "sm3", "name": "trial", "root": queries.root_of("trial", 10).hex(), "size": 10}
    ]
    assert second["previous"] == crypto.digest(signed_lines.plain(first))
    unsigned = {name: value for name, value in second.items() if name != "signature"}
    signature = f"sm2-sm3${second['key_id']}${second['signature']}"
    assert crypto.verify(signed_lines.plain(unsigned), signature, purpose="ledger")
    assert (outside.folder() / "keys" / f"{second['key_id']}.json").exists()
    newest = queries.find_newest()
    assert newest is not None
    assert (newest.number, newest.at, newest.body) == (2, AT + timedelta(minutes=1), second)
    assert [one.number for one in queries.list_checkpoints()] == [2, 1]
    assert [one.number for one in queries.list_checkpoints(before=2)] == [1]
    assert queries.get_checkpoint(1).body == first
    with pytest.raises(NotFound):
        queries.get_checkpoint(3)


def test_a_line_that_did_not_reach_the_database_gets_there(rows: Rows) -> None:
    actions.write_checkpoint(at=AT)
    with connection.cursor() as cursor:  # killed between the file and the database
        cursor.execute("ALTER TABLE ledger_checkpoint DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM ledger_checkpoint")
    assert actions.write_checkpoint(at=AT) is None
    assert LedgerCheckpoint.objects.get().number == 1


def test_a_proof_is_of_the_newest_checkpoint_or_the_one_asked_for(rows: Rows) -> None:
    actions.write_checkpoint(at=AT)
    grow(rows, 3)
    with pytest.raises(NotInLedgerYet):
        queries.prove_inclusion(tree="trial", number=12)
    actions.write_checkpoint(at=AT)
    proof = queries.prove_inclusion(tree="trial", number=4)
    assert (proof.index, proof.size, proof.checkpoint.number) == (3, 13, 2)
    root = bytes.fromhex(proof.root)
    [leaf] = queries.list_leaf_hashes(tree="trial", first=4, count=1)
    assert merkle.includes(leaf=leaf, index=3, size=13, path=proof.path, root=root)
    old = queries.prove_inclusion(tree="trial", number=4, checkpoint=queries.get_checkpoint(1))
    assert (old.size, old.root) == (10, queries.root_of("trial", 10).hex())
    for number in (0, 14):
        with pytest.raises(NoSuchLeaf):
            queries.prove_inclusion(tree="trial", number=number)
    with pytest.raises(NoSuchLeaf):
        queries.prove_inclusion(tree="other", number=1)


def test_a_consistency_proof_joins_two_checkpoints(rows: Rows) -> None:
    grow(rows, 3)
    proof = queries.prove_consistency(tree="trial", first=10, second=13)
    assert merkle.extends(
        first=10,
        first_root=bytes.fromhex(proof.first_root),
        second=13,
        second_root=bytes.fromhex(proof.second_root),
        path=proof.path,
    )
    assert queries.prove_consistency(tree="trial", first=13, second=13).path == ()
    for first, second in ((0, 3), (4, 3), (3, 14)):
        with pytest.raises(NoSuchLeaf):
            queries.prove_consistency(tree="trial", first=first, second=second)


def test_a_rotated_key_is_introduced_by_the_old_one(rows: Rows) -> None:
    actions.write_checkpoint(at=AT)
    crypto.rotate("sign-ledger")
    grow(rows, 2)
    assert actions.write_checkpoint(at=AT) == 3
    first, between, last = lines()
    assert first["key_id"] == between["key_id"] != last["key_id"]
    assert between["introduces"]["key_id"] == last["key_id"]  # type: ignore[index]
    assert between["trees"] == first["trees"]


@pytest.fixture
def _lost(rows: Rows) -> Iterator[None]:
    actions.write_checkpoint(at=AT)
    shrink(6)
    del rows.digests[6:]
    return


@pytest.mark.usefixtures("_lost")
def test_a_tree_shorter_than_signed_is_not_signed_again_and_an_alarm(rows: Rows) -> None:
    assert actions.write_checkpoint(at=AT) is None
    alarm = LedgerAlarm.objects.get()
    assert (alarm.kind, alarm.ledger) == ("SHRUNK", django_settings.NODE)
    assert json.loads(alarm.evidence)["signed"] == lines()[0]
    assert len(lines()) == 1


def test_a_tree_that_does_not_begin_with_what_was_signed_is_an_alarm(rows: Rows) -> None:
    actions.write_checkpoint(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_run SET hashes = overlay(hashes PLACING '\\x00' FROM 3)")
    grow(rows, 3)
    assert HashTree.objects.get().size == 13
    assert actions.write_checkpoint(at=AT) is None
    assert [alarm.kind for alarm in LedgerAlarm.objects.all()] == ["REWRITTEN"]


@pytest.mark.usefixtures("_lost")
def test_a_restore_is_told_in_a_signed_line_and_the_ledger_goes_on(rows: Rows) -> None:
    assert actions.write_restoration(restored_to=AT, at=AT) == {"trial": (6, 10)}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_tree SET last = %s", [rows.digests[5]])
    grow(rows, 9)
    assert actions.write_checkpoint(at=AT) == 3
    told = lines()[1]
    assert (told["restored_to"], told["lost_until"]) == (AT.isoformat(), {"trial": 10})
    assert told["trees"][0]["size"] == 6  # type: ignore[index]
    assert LedgerAlarm.objects.count() == 0


def test_a_fresh_installation_has_nothing_to_tell_of_a_restore() -> None:
    assert actions.write_restoration(restored_to=AT, at=AT) == {}
    assert lines() == []
