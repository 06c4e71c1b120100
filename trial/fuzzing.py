"""Whatever the description allows, and much it does not, sent to the running API: no failure."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.installation import Installation
from trial import province
from trial.outcome import Outcome

SECONDS, EXAMPLES = 60, 30
#: What data officers write and anybody reads: asked for again by those who may.
DATA = "/api/v1/(data|ledger|my/data-corrections)"


def run() -> Outcome:
    """schemathesis over every operation with a citizen's token, over the data's with officials'."""
    outcome = Outcome("fuzzing")
    with province.province() as place:
        (one,) = province.people(place, 1)
        _fuzz(outcome, place, one.token, "a citizen")
        for token, who in zip(
            province.data_officers(place), ("a data officer", "the data authority"), strict=True
        ):
            _fuzz(outcome, place, token, who, "--include-path-regex", DATA)
        outcome.claim("still ready", place.is_ready())
    return outcome


def _fuzz(outcome: Outcome, place: Installation, token: str, who: str, *only: str) -> None:
    """For a bounded time, as one visitor."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")), "run",
            f"http://localhost:{place.port}/api/v1/openapi.json",
            "--header", f"Authorization: Bearer {token}",
            "--checks", "not_a_server_error",
            "--max-examples", str(EXAMPLES),
            "--max-time", str(SECONDS),
            "--no-color",
            *only,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS + 180,
    )  # fmt: skip
    generated = re.search(r"(\d[\d,]*) generated", done.stdout)
    failures = re.findall(r"Server error", done.stdout)
    word = who.split()[-1]
    outcome.count(
        **{
            f"requests_{word}": int(generated[1].replace(",", "")) if generated else 0,
            f"server_errors_{word}": len(failures),
        }
    )
    if not generated or done.returncode not in (0, 1) or failures:
        found = done.stdout.find("= FAILURES =")
        print(done.stdout[max(found, 0) :][:12_000], done.stderr[-1000:])
    outcome.claim(f"the fuzzing as {who} ran", bool(generated))
    outcome.claim(f"no answer to {who} was a failure (5xx)", done.returncode == 0 and not failures)
