"""Tests too long for ``make test``, run as a trial: pytest's own counts, and what they say of themselves."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree  # nosec B405 read from our own pytest

from tests import database
from tests.installation import ROOT
from trial.outcome import Outcome


def run(
    outcome: Outcome,
    *paths: str,
    more: Mapping[str, str],
    base: Path | None = None,
    seconds: int = 1800,
) -> dict[str, int]:
    """The tests of some files on a database of their own, with further environment; how many passed,
    failed, were left out; ``base``: where its files lie. What a test notes with ``record_property`` becomes a count."""
    with database.running(base) as environment, tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "no:cacheprovider",
                "-rs",
                f"--junitxml={told}",
                *paths,
            ],
            cwd=ROOT,
            env={**environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=seconds,
        )
        if done.returncode:
            print(done.stdout[-6000:])
        noted = ElementTree.parse(told).iter("property") if told.exists() else ()  # noqa: S314
        outcome.count(**{str(one.get("name")): int(str(one.get("value"))) for one in noted})
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    counted = {w: int(n) for n, w in re.findall(r"(\d+) (passed|failed|skipped|errors?)", last)}
    outcome.count(**{f"tests_{word}": number for word, number in counted.items()})
    return counted
