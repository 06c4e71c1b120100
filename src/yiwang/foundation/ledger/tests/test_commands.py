from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from yiwang.foundation.ledger import commands, yiwang_verify
from yiwang.foundation.ledger.tests import tampering
from yiwang.foundation.ledger.tests.test_checkpoints import shrink
from yiwang.mechanisms.journal import actions as journal

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tampering.World:
    return tampering.build(tmp_path / "home", monkeypatch)


def test_an_export_brings_its_own_verifier(
    world: tampering.World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "export"
    assert commands.main(["export", str(folder)]) == 0
    assert "journal 700 片叶\nexchange 36 片叶" in capsys.readouterr().out
    command = [sys.executable, "-I", str(folder / "yiwang_verify.py"), "audit", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "核对通过" in done.stdout
    assert commands.main(["export", str(folder)]) == 2
    assert "已经有了" in capsys.readouterr().err


def test_verify_says_where_it_does_not_hold(
    world: tampering.World, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = [word for one in world.trusted for word in ("--trust", one)]
    seen = ["--seen", str(world.home / "seen.jsonl")]
    assert commands.main(["verify", *trust, *seen]) == 0
    shrink(600)
    assert commands.main(["verify", *trust]) == 1
    assert "问题[size-differs]" in capsys.readouterr().out


def test_keys_are_printed_to_be_noted_down(
    world: tampering.World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(["keys"]) == 0
    out = capsys.readouterr().out
    points = yiwang_verify.read_keys(world.home / "ledger").values()
    assert all(yiwang_verify.sm3(bytes.fromhex(point)).hex() in out for point in points)


def test_sign_makes_a_checkpoint_now(
    world: tampering.World, capsys: pytest.CaptureFixture[str]
) -> None:
    tampering.write(3, 700)
    assert commands.main(["sign"]) == 0
    assert "第 4 号检查点，见证：无" in capsys.readouterr().out
    assert journal.seal(at=tampering.AT) == 0


@pytest.mark.parametrize("given", [[], ["what"]])
def test_what_it_does_not_know_it_says(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(given) == 2
    assert "用法" in capsys.readouterr().err
