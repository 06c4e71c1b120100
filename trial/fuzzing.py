"""Whatever the description allows, and much it does not, sent to the running API: no failure."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from trial import province
from trial.outcome import Outcome

SECONDS, EXAMPLES = 60, 30


def run() -> Outcome:
    """schemathesis over every operation, with a citizen's token, for a bounded time."""
    outcome = Outcome("fuzzing")
    with province.province() as place:
        (one,) = province.people(place, 1)
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")), "run",
                f"http://localhost:{place.port}/api/v1/openapi.json",
                "--header", f"Authorization: Bearer {one.token}",
                "--checks", "not_a_server_error",
                "--max-examples", str(EXAMPLES),
                "--max-time", str(SECONDS),
                "--no-color",
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS + 180,
        )  # fmt: skip
        generated = re.search(r"(\d[\d,]*) generated", done.stdout)
        failures = re.findall(r"Server error", done.stdout)
        outcome.count(
            requests=int(generated[1].replace(",", "")) if generated else 0,
            server_errors=len(failures),
        )
        if not generated or done.returncode not in (0, 1):
            print(done.stdout[-3000:], done.stderr[-1000:])
        outcome.claim("the fuzzing ran", bool(generated))
        outcome.claim("no answer was a failure (5xx)", done.returncode == 0 and not failures)
        outcome.claim("still ready", place.is_ready())
    return outcome
