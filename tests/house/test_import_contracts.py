"""The contracts in ``.importlinter`` hold, and each of them can be broken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, plant

STOREYS = (
    "project",
    "entrance",
    "capability",
    "support",
    "foundation",
    "network",
    "cloud",
    "mechanisms",
    "kernel",
)


def lint(source: Path) -> tuple[int, str]:
    done = subprocess.run(
        [
            Path(sys.executable).parent / "lint-imports",
            "--no-cache",
            "--config",
            ROOT / ".importlinter",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{source}:{ROOT}"},
    )
    return done.returncode, done.stdout + done.stderr


def small_house(base: Path) -> None:
    for storey in STOREYS:
        plant(base, f"yiwang/{storey}/part/actions.py", "")
    plant(base, "yiwang/kernel/actor.py", "")
    plant(base, "yiwang/foundation/exchange/fastpath/server.py", "")
    for name in ("runner/server", "asking", "opening"):  # a contract names them
        plant(base, f"yiwang/foundation/datasources/{name}.py", "")


def test_the_house_keeps_its_contracts():
    code, text = lint(ROOT / "src")
    assert code == 0, text


def test_a_small_house_without_faults_passes(tmp_path):
    small_house(tmp_path)
    code, text = lint(tmp_path)
    assert code == 0, text


@pytest.mark.parametrize(
    ("name", "text", "contract"),
    [
        ("yiwang/kernel/actor.py", "import yiwang.project", "An upper storey"),
        (
            "yiwang/cloud/part/queries.py",
            "from yiwang.support.part import actions",
            "An upper storey",
        ),
        ("yiwang/newstorey/part/actions.py", "", "An upper storey"),
        ("yiwang/support/part/rules.py", "from django.db import models", "Rules are pure"),
        ("yiwang/kernel/masks.py", "import django", "The kernel knows no domain"),
        (
            "yiwang/foundation/exchange/fastpath/server.py",
            "from yiwang.foundation.exchange import models",
            "fast path is free of Django",
        ),
        (
            "yiwang/support/other/actions.py",
            "from yiwang.support.part import models",
            "only its front doors",
        ),
        (
            "yiwang/support/other/actions.py",
            "from yiwang.support.part.actions.inner import x",
            "only its front doors",
        ),
        (
            "yiwang/foundation/datasources/runner/pool.py",
            "from django.conf import settings",
            "without Django",
        ),
        ("yiwang/entrance/citizen/items.py", "from yiwang.entrance.desk import cases", "Visitors"),
        (
            "yiwang/capability/intake/actions.py",
            "from yiwang.capability import journey",
            "Inside the service-capability",
        ),
        (
            "yiwang/capability/catalogue/actions.py",
            "from yiwang.capability.cases import actions",
            "Inside the service-capability",
        ),
    ],
)
def test_a_planted_import_breaks_its_contract(tmp_path, name, text, contract):
    small_house(tmp_path)
    plant(tmp_path, "yiwang/support/part/models.py", "")
    plant(tmp_path, "yiwang/support/part/rules.py", "")
    plant(tmp_path, "yiwang/foundation/exchange/models.py", "from django.db import models")
    plant(tmp_path, "yiwang/entrance/desk/cases.py", "")
    plant(tmp_path, "yiwang/capability/cases/actions.py", "")
    plant(tmp_path, "yiwang/capability/journey.py", "")
    if "inner" in text:
        (tmp_path / "yiwang/support/part/actions.py").unlink()
        plant(tmp_path, "yiwang/support/part/actions/inner.py", "x = 1")
    plant(tmp_path, name, text)
    code, output = lint(tmp_path)
    assert code != 0
    if name.split("/")[1] == "newstorey":
        assert "newstorey" in output
    else:
        assert any(contract in line and "BROKEN" in line for line in output.splitlines()), output
