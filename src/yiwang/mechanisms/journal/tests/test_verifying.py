from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from yiwang.kernel.actor import machine
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import queries as crypto_queries
from yiwang.mechanisms.crypto import signed_lines
from yiwang.mechanisms.journal import actions, commands, tampering, verifier
from yiwang.mechanisms.journal.actions import heads

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CLERK = machine("test")
DOCUMENTATION = Path(__file__).parents[5] / "docs" / "look-up" / "journal.md"


def write(count: int) -> None:
    with transaction.atomic():
        for number in range(count):
            subjects = [f"person:{number}", "person:all"] if number % 5 == 0 else []
            actions.record(
                actor=CLERK,
                act="READ" if subjects else "ACT",
                subject=f"case:{number}",
                at=AT,
                subjects=subjects,
                facts={"说明": "甲“乙”\n\\丙"},
            )
    actions.seal(at=AT)


def database_url() -> str:
    d = connection.settings_dict
    return (
        f"postgresql://{d['USER']}:{d['PASSWORD']}@/{d['NAME']}?host={d['HOST']}&port={d['PORT']}"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("entries", [0, 40])
def test_every_documented_kind_is_noticed_on_a_copy(
    entries: int, capsys: pytest.CaptureFixture[str]
) -> None:
    write(entries)
    assert commands.main(["tamper-test", "--database", database_url()]) == 0
    assert f"{len(tampering.KINDS) + 1} passed, 0 failed" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_trials_fail_when_the_verifier_is_blind(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verifier.Chain, "_compare_head", lambda *_: None)
    assert commands.main(["tamper-test", "--database", database_url()]) == 1
    out = capsys.readouterr().out
    assert "未达  重写全部日志：没有发现" in out
    assert "0 failed" not in out


def test_every_kind_is_documented() -> None:
    text = DOCUMENTATION.read_text()
    assert [kind.name for kind in tampering.KINDS if kind.name not in text] == []


@pytest.mark.django_db(transaction=True)
def test_the_verifier_runs_alone_and_names_the_first_bad_position(tmp_path: Path) -> None:
    write(30)
    actions.write_head(at=AT, folder=tmp_path)
    command = [sys.executable, "-I", verifier.__file__]
    command += ["--database", database_url(), "--heads", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "核对通过" in done.stdout
    assert "日志 30 条，最后编号 30，签名头部 1 个" in done.stdout
    with psycopg.connect(database_url()) as owner:
        owner.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        for position in (17, 9):
            owner.execute(
                "UPDATE journal_entry SET body = replace(body, 'DONE', 'UNDONE') WHERE id ="
                " (SELECT entry_id FROM journal_link WHERE position = %s)",
                [position],
            )
        owner.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "核对不通过：最早出现在第 9 号" in done.stdout
    assert "第 17 号日志或它的链接被改动" in done.stdout


@pytest.mark.django_db(transaction=True)
def test_a_missing_range_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(30)
    actions.write_head(at=AT, folder=tmp_path)
    with psycopg.connect(database_url()) as owner:
        owner.execute("ALTER TABLE journal_link DISABLE TRIGGER USER")
        owner.execute("DELETE FROM journal_link WHERE position BETWEEN 5 AND 8 OR position > 28")
        owner.execute("ALTER TABLE journal_link ENABLE TRIGGER USER")
    arguments = ["verify", "--database", database_url(), "--heads", str(tmp_path)]
    assert commands.main(arguments) == 1
    out = capsys.readouterr().out
    assert "缺少第 5 至 8 号日志。" in out
    assert "缺少第 29 至 30 号日志，签名头部证明它们存在过。" in out


def test_a_database_that_is_away_is_not_called_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["verify", "--database", "postgresql://x@127.0.0.1:1/x"]) == 2
    assert "无法核对" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_a_head_cut_short_by_a_crash_does_not_spoil_the_next(tmp_path: Path) -> None:
    write(3)
    actions.write_head(at=AT, folder=tmp_path)
    with (tmp_path / heads.FILE).open("ab") as file:
        file.write(b'{"position": 4, "li')
    write(3)
    assert actions.write_head(at=AT, folder=tmp_path) == 6
    report = verifier.Report()
    assert [head.position for head in verifier.read_heads(tmp_path, report)] == [3, 6]
    assert report.findings == []
    assert len(report.notices) == 1


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_leaves_no_half_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(3)
    actions.write_head(at=AT, folder=tmp_path)
    whole = (tmp_path / heads.FILE).read_bytes()
    write(3)

    class Full:
        """The system's calls, with a disk that takes ten bytes more."""

        def __getattr__(self, name: str) -> object:
            import os

            return getattr(os, name)

        def write(self, descriptor: int, content: bytes) -> int:
            import os

            return os.write(descriptor, content[:10])

    monkeypatch.setattr(signed_lines, "os", Full())
    with pytest.raises(OSError, match="10 of"):
        actions.write_head(at=AT, folder=tmp_path)
    assert (tmp_path / heads.FILE).read_bytes() == whole


@pytest.mark.django_db(transaction=True)
def test_heads_stay_good_after_the_key_is_rotated(tmp_path: Path) -> None:
    write(3)
    actions.write_head(at=AT, folder=tmp_path)
    crypto.rotate("sign-journal")
    write(3)
    actions.write_head(at=AT, folder=tmp_path)
    report = verifier.Report()
    assert len(verifier.read_heads(tmp_path, report)) == 2
    assert (report.findings, len(report.keys)) == ([], 2)


@pytest.mark.django_db(transaction=True)
def test_the_command_shows_heads_and_the_fingerprint_to_note_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(3)
    actions.write_head(at=AT, folder=tmp_path)
    assert commands.main(["heads", "--heads", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    key = crypto_queries.current_public_key(purpose="journal")
    assert "第 3 号" in out
    assert key.fingerprint in out
    lines = (tmp_path / heads.FILE).read_text().splitlines()
    (tmp_path / heads.FILE).write_text(json.dumps({**json.loads(lines[0]), "position": 2}) + "\n")
    assert commands.main(["heads", "--heads", str(tmp_path)]) == 1
    assert "签名不成立" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_what_a_restore_lost_is_named_and_nothing_else_is_let_go(tmp_path: Path) -> None:
    write(5)
    heads.write_head(at=AT, folder=tmp_path)
    write(5)
    heads.write_head(at=AT, folder=tmp_path)
    with connection.cursor() as cursor:  # as the database stood after the fourth entry of ten
        for table in ("journal_link", "journal_entry", "journal_subject"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "DELETE FROM journal_subject WHERE entry_id IN"
            " (SELECT entry_id FROM journal_link WHERE position > 4)"
        )
        cursor.execute(
            "WITH gone AS (DELETE FROM journal_link WHERE position > 4 RETURNING entry_id)"
            " DELETE FROM journal_entry WHERE id IN (SELECT entry_id FROM gone)"
        )
        for table in ("journal_link", "journal_entry", "journal_subject"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with verifier.connect(database_url()) as other:
        report = verifier.verify(other, tmp_path)
    assert [finding.kind for finding in report.findings] == ["missing"]
    assert heads.write_restoration(restored_to=AT, at=AT, folder=tmp_path) == (4, 10)
    write(3)
    heads.write_head(at=AT, folder=tmp_path)
    with verifier.connect(database_url()) as other:
        report = verifier.verify(other, tmp_path)
    assert report.sound, report.findings
    assert report.lost == [(5, 10)]
    assert report.covered == 7
    assert any("第 5 至 10 号日志因此丢失" in notice for notice in report.notices)
    forged = (tmp_path / "heads.jsonl").read_text().replace('"lost_until":10', '"lost_until":4')
    (tmp_path / "heads.jsonl").write_text(forged)
    with verifier.connect(database_url()) as other:
        report = verifier.verify(other, tmp_path)
    assert "head-forged" in {finding.kind for finding in report.findings}
