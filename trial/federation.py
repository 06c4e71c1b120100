"""Three nodes in network namespaces of their own: the tests of ``trial/test_federation.py``, counted.

They start three whole installations and pull a cable: too long for ``make test``.
"""

from __future__ import annotations

import re
import subprocess
import sys

from tests.installation import ROOT
from trial.outcome import Outcome


def run() -> Outcome:
    """pytest's own last line counts."""
    outcome = Outcome("federation")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-rs",
            "trial/test_federation.py",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=1800,
    )
    print(done.stdout[-4000:])
    counted = {
        word: int(n)
        for n, word in re.findall(r"(\d+) (passed|failed|skipped|errors?)", done.stdout)
    }
    outcome.count(**{f"tests_{word}": number for word, number in counted.items()})
    outcome.claim("networks of their own are allowed here", not counted.get("skipped"))
    outcome.claim("every test of three separate nodes passed", done.returncode == 0)
    return outcome
