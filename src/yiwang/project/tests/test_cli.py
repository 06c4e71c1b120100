from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3]
#: Nobody listens on port 1 of this machine.
NOWHERE = "postgresql://nobody:hidden-word@127.0.0.1:1/nothing"


@pytest.mark.parametrize(
    "command",
    [
        ("manage", "migrate"),
        ("manage", "showmigrations"),
        ("sample", "load"),
        ("rulings", "replay", "anything"),
        ("rights", "sweep"),
        ("process", "prepare"),
        ("run",),
    ],
)
def test_no_command_shows_a_stack_or_a_password_when_the_database_is_away(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE", "DJANGO"))}
    environment |= {
        "YIWANG_HOME": str(tmp_path),
        "PYTHONPATH": str(SOURCE),
        "DATABASE_URL": NOWHERE,
        "PORT": "8169",
    }
    done = subprocess.run(
        [sys.executable, "-m", "yiwang", *command],
        env=environment,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "hidden-word" not in done.stdout + done.stderr
    assert "数据库现在连不上，没有做成。" in done.stderr


def test_a_real_installation_does_not_start_on_top_of_the_sample_accounts(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "sample-loaded").touch()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE", "DJANGO"))}
    environment |= {
        "YIWANG_HOME": str(tmp_path),
        "YIWANG_SAMPLE": "0",
        "PYTHONPATH": str(SOURCE),
        "DATABASE_URL": NOWHERE,
        "PORT": "8169",
    }
    done = subprocess.run(
        [sys.executable, "-m", "yiwang", "run"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "这里装过示例数据" in done.stderr
    assert "Traceback" not in done.stderr
