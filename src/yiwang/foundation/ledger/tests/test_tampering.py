"""Every documented kind of tampering is noticed and located, in exports and in single proofs."""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from yiwang.foundation.ledger import actions, outside, queries, yiwang_verify
from yiwang.foundation.ledger.definitions import SaltForgotten
from yiwang.foundation.ledger.rules import documents
from yiwang.foundation.ledger.tests import tampering
from yiwang.foundation.ledger.tests.kinds import KINDS
from yiwang.foundation.ledger.tests.tampering import AT, World
from yiwang.kernel.actor import machine
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.journal import actions as journal_actions
from yiwang.mechanisms.journal import queries as journal

pytestmark = [pytest.mark.django_db]
ROOT = Path(__file__).parents[5]
VERIFIER = ROOT / "src/yiwang/foundation/ledger/yiwang_verify.py"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return tampering.build(tmp_path / "home", monkeypatch)


@pytest.mark.slow
def test_every_kind_is_noticed_where_it_is(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    untouched = tampering.attempt(world, tmp_path / "untouched", lambda t: None, monkeypatch)
    assert untouched.findings == []
    assert "journal：检查点证明到第 700 号" in untouched.good
    missed = []
    for n, kind in enumerate(KINDS):
        report = tampering.attempt(world, tmp_path / str(n), kind.tamper, monkeypatch)
        places = [(f.kind, f.where, f.number) for f in report.findings]
        numbers = [f.number for f in report.findings if f[:2] == kind.found[:2] and f.number]
        if kind.found not in places or (numbers and min(numbers) != kind.found[2]):
            missed.append((kind.name, places[:4]))
    assert missed == [], missed


def test_what_is_promised_is_tried_and_what_is_tried_is_promised() -> None:
    text = (ROOT / "docs/look-up/ledger.md").read_text()
    assert len(KINDS) >= 60
    assert [kind.name for kind in KINDS if f"| {kind.name} |" not in text] == []
    assert [name for name, _ in BENT if f"| {name} |" not in text] == []


def proof_of(world: World) -> dict[str, Any]:
    entries = [*journal.list_acts_of(actor="machine:trial", limit=3)]
    shown = [actions.Shown(entry, "办理", True) for entry in entries]
    return json.loads(json.dumps(actions.prove_entries(shown, at=AT)))


def proof_of_all(subjects: list[str]) -> dict[str, Any]:
    entries = [entry for one in subjects for entry in journal.list_entries(subject=one)]
    shown = [actions.Shown(entry, "办理", True) for entry in entries]
    return json.loads(json.dumps(actions.prove_entries(shown, at=AT)))


def _set(*path: Any, value: Any) -> Any:
    def bend(document: dict[str, Any]) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value(place[path[-1]]) if callable(value) else value

    return bend


def _turn(text: str) -> str:
    """The first hex digit, another one."""
    return ("0" if text[0] != "0" else "1") + text[1:]


def _other_signer(document: dict[str, Any]) -> None:
    secret = primitives.new_sm2_key()
    key_id = document["checkpoint"]["key_id"]
    document["keys"][key_id] = primitives.sm2_public(secret).hex()
    rest = {k: v for k, v in document["checkpoint"].items() if k != "signature"}
    document["checkpoint"] = tampering.sign(secret, rest, key_id)


#: What is bent in an exported proof, and the kind of finding.
BENT = (
    ("证明：改动正文", (_set("entries", 1, "entry", "body", value=lambda b: b + " "), "changed")),
    ("证明：改动日志行号", (_set("entries", 1, "entry", "entry_id", value=7), "changed")),
    ("证明：改动编号时间", (_set("entries", 1, "entry", "sealed_at", value=7), "changed")),
    ("证明：改动前一个链接", (_set("entries", 1, "entry", "previous", value=_turn), "changed")),
    ("证明：改动摘要", (_set("entries", 1, "digest", value=_turn), "not-in-tree")),
    ("证明：改动随机数", (_set("entries", 1, "salt", value=_turn), "not-in-tree")),
    ("证明：改动编号", (_set("entries", 1, "number", value=12), "not-in-tree")),
    ("证明：改动种类", (_set("entries", 1, "kind", value=2), "not-in-tree")),
    ("证明：改动路径", (_set("entries", 1, "path", 3, value=_turn), "not-in-tree")),
    ("证明：截短路径", (_set("entries", 1, "path", value=lambda p: p[:-1]), "not-in-tree")),
    ("证明：换一棵树", (_set("entries", 1, "tree", value="other"), "tree")),
    ("证明：改动检查点", (_set("checkpoint", "at", value="2026-01-01T00:00:00+00:00"), "forged")),
    ("证明：自己签检查点", (_other_signer, "key-untrusted")),
    ("证明：改动见证签名", (_set("witnesses", 0, "at", value="x"), "forged")),
    ("证明：移花接木的见证签名", (_set("witnesses", value=lambda w: w), "witness-differs")),
)  # fmt: skip


def test_a_proof_bent_anywhere_does_not_hold(world: World) -> None:
    good = proof_of(world)
    report = yiwang_verify.check_proof(good, world.trusted)
    assert report.findings == []
    assert len([line for line in report.good if line.startswith("journal 第")]) == 3
    older = queries.list_witness_signatures([2])[2]
    for name, (bend, kind) in BENT:
        bent = copy.deepcopy(good)
        bend(bent)
        if kind == "witness-differs":
            bent["witnesses"] = list(older)
        found = {
            finding.kind for finding in yiwang_verify.check_proof(bent, world.trusted).findings
        }
        assert kind in found, name


def test_two_checkpoints_are_joined_by_a_proof_and_by_no_other(world: World) -> None:
    good = actions.prove_consistency(first=1, second=3)
    assert yiwang_verify.check_consistency(good, world.trusted).findings == []
    bent = copy.deepcopy(good)
    bent["proofs"]["journal"][0] = _turn(bent["proofs"]["journal"][0])
    found = yiwang_verify.check_consistency(bent, world.trusted).findings
    assert [(one.kind, one.number) for one in found] == [("not-extending", 3)]
    same = actions.prove_consistency(first=2, second=2)
    assert yiwang_verify.check_consistency(same, world.trusted).findings == []


def test_an_entry_that_is_not_open_goes_out_as_a_digest_and_is_proven_all_the_same(
    world: World,
) -> None:
    [entry] = journal.list_acts_of(actor="machine:trial", limit=1)
    told = actions.prove_entries([actions.Shown(entry, "办理", False)], at=AT)
    assert told["entries"][0]["entry"] is None
    assert entry.subject not in json.dumps(told)
    assert yiwang_verify.check_proof(told).findings == []


def forget(*subjects: str) -> int:
    with transaction.atomic():
        return actions.forget(subjects=subjects, actor=machine("keeper"), at=AT)


def test_what_is_forgotten_is_said_to_be_so_and_everything_else_stands(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = proof_of(world)
    root = queries.root_of("journal", 700)
    mine = [entry.subject for entry in journal.list_acts_of(actor="machine:trial", limit=3)]
    assert forget("case:100", mine[0]) == 2  # one in a tile, one behind the last
    assert forget("case:100", mine[0]) == 0
    noted = journal.list_acts_of(actor="machine:keeper", limit=5)
    number = before["entries"][-1]["number"]
    assert [(one.act, one.facts["numbers"]) for one in noted] == [
        ("ledger.forget", f"101,{number}")
    ]
    journal_actions.seal(at=AT)
    tampering.write(70, 800)  # the run becomes a tile, and the forgotten one goes with it
    for source in tampering.sources.SOURCES:
        actions.append(source)
    actions.write_checkpoint(at=AT)
    assert queries.root_of("journal", 700) == root
    after = proof_of_all(mine)
    assert [one["number"] for one in after["forgotten"]] == [number]
    assert len(after["entries"]) == 2
    report = yiwang_verify.check_proof(after, world.trusted)
    assert report.findings == []
    assert [line for line in report.notices if f"第 {number} 号的随机数已随原件销毁" in line]
    after["forgotten"][0]["leaf"] = _turn(after["forgotten"][0]["leaf"])
    found = yiwang_verify.check_proof(after, world.trusted).findings
    assert [(one.kind, one.number) for one in found] == [("not-in-tree", number)]
    assert yiwang_verify.check_proof(before, world.trusted).findings == []  # handed out before
    audited = tampering.attempt(world, tmp_path / "audit", lambda t: None, monkeypatch)
    assert audited.findings == []
    assert [line for line in audited.notices if "2 片叶的随机数已随原件销毁" in line]


def test_of_what_is_wholly_forgotten_there_is_no_proof(world: World) -> None:
    [entry] = journal.list_acts_of(actor="machine:trial", limit=1)
    forget(entry.subject)
    with pytest.raises(SaltForgotten):
        actions.prove_entries([actions.Shown(entry, "办理", True)], at=AT)


def test_without_its_destruction_nothing_is_forgotten(world: World) -> None:
    [entry] = journal.list_acts_of(actor="machine:trial", limit=1)
    with transaction.atomic():
        assert forget(entry.subject) == 1
        transaction.set_rollback(True)  # the destruction failed behind it
    assert actions.prove_entries([actions.Shown(entry, "办理", True)], at=AT)["entries"]
    assert journal.list_acts_of(actor="machine:keeper", limit=1) == ()


def test_it_runs_alone_with_nothing_but_python(world: World, tmp_path: Path) -> None:
    lonely = tmp_path / "lonely"
    lonely.mkdir()
    (lonely / "yiwang_verify.py").write_bytes(VERIFIER.read_bytes())
    (lonely / "proof.json").write_text(json.dumps(proof_of(world)))
    command = [sys.executable, "-I", "-S", "yiwang_verify.py"]
    done = subprocess.run([*command, "proof", "proof.json"], cwd=lonely, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "核对通过" in done.stdout.decode()
    good = (lonely / "proof.json").read_text()
    (lonely / "proof.json").write_text(good.replace('"DONE', '"UNDONE').replace('\\"DONE', '\\"X'))
    done = subprocess.run([*command, "proof", "proof.json"], cwd=lonely, capture_output=True)
    assert done.returncode == 1
    assert "核对不通过：journal 第 698 号" in done.stdout.decode()
    assert subprocess.run([*command, "proof", "none.json"], cwd=lonely).returncode == 2
    assert subprocess.run([*command, "self-test"], cwd=lonely).returncode == 0
    folder = [*command, "checkpoints", str(world.home / "ledger")]
    assert subprocess.run(folder, cwd=lonely).returncode == 0


def test_it_needs_no_more_than_python_3_9_and_its_library() -> None:
    tree = ast.parse(VERIFIER.read_text(), feature_version=(3, 9))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names
    assert not any(isinstance(node, ast.Match) for node in ast.walk(tree))


@pytest.mark.parametrize("count", range(20))
def test_its_own_sm2_and_sm3_agree_with_the_platforms(count: int) -> None:
    secret, data = primitives.new_sm2_key(), bytes([count]) * (count * 37)
    point, signature = primitives.sm2_public(secret), primitives.sm2_sign(secret, data)
    assert yiwang_verify.own_sm3(data) == primitives.sm3(data)
    assert yiwang_verify.sm2_verify(point, data, signature)
    assert not yiwang_verify.sm2_verify(point, data + b"x", signature)
    bent = bytearray(signature)
    bent[6 + count] ^= 1
    assert not yiwang_verify.sm2_verify(point, data, bytes(bent))
    other = primitives.sm2_public(primitives.new_sm2_key())
    assert not yiwang_verify.sm2_verify(other, data, signature)


@pytest.mark.parametrize(
    "signature",
    [b"", b"\x30\x00", b"\x30\x06\x02\x01\x00\x02\x01\x00", b"\x30\x06\x02\x01\x81\x02\x01\x01"],
)
def test_what_is_no_signature_is_none(signature: bytes) -> None:
    point = primitives.sm2_public(primitives.new_sm2_key())
    assert not yiwang_verify.sm2_verify(point, b"x", signature)
    assert not yiwang_verify.sm2_verify(b"\x04" + bytes(64), b"x", signature)


def test_a_rotated_key_and_a_restore_are_followed(world: World, tmp_path: Path) -> None:
    crypto.rotate("sign-ledger")
    tampering.write(5, 700)
    actions.append(tampering.sources.SOURCES[0])
    actions.write_checkpoint(at=AT)
    actions.write_restoration(restored_to=AT, at=AT)
    report = yiwang_verify.Report()
    folder = outside.folder()
    keys = yiwang_verify.Keys(yiwang_verify.read_keys(folder), world.trusted, report)
    holding = yiwang_verify.check_checkpoints(folder, keys, report)
    assert report.findings == []
    assert holding[-1]["number"] == 6
    assert documents.least(holding[-1:])["journal"] == 705
