"""Every route by everybody on everything: ``yiwang rights sweep``, whole, on the sample province."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.installation import ROOT
from trial import province
from trial.outcome import Outcome


def run() -> Outcome:
    """The command's own last line counts; each leak is printed."""
    outcome = Outcome("rights")
    with province.province() as place:
        done = subprocess.run(
            [sys.executable, "-m", "yiwang", "rights", "sweep"],
            cwd=ROOT,
            env={**place.environment, "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=3600,
        )
    print(done.stdout[-6000:])
    found = re.search(r"(\d+) passed, (\d+) failed\s*$", done.stdout)
    passed, failed = (int(found[1]), int(found[2])) if found else (0, 0)
    outcome.count(pairs=passed + failed, leaks=failed)
    outcome.claim("the sweep came to its end", found is not None)
    outcome.claim("nothing leaked, nobody was refused wrongly", done.returncode == 0)
    return outcome
