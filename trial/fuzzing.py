"""Whatever the description allows, and much it does not, sent to the running API: no failure."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tests.installation import Installation
from trial import province
from trial.outcome import Outcome

SECONDS, EXAMPLES = 60, 30
#: For the data's operations, so that each has its turn.
DATA_SECONDS = 300
Operation = tuple[str, str]
#: What data officers write and anybody reads: asked for again by those who may.
DATA = "/api/v1/(data|ledger|my/data-corrections)"


def run() -> Outcome:
    """schemathesis over every operation with a citizen's token, over the data's with officials'."""
    outcome = Outcome("fuzzing")
    with province.province() as place:
        (one,) = province.people(place, 1)
        _fuzz(outcome, place, one.token, "a citizen")
        asked: set[Operation] = set()
        for token, who in zip(
            province.data_officers(place), ("a data officer", "the data authority"), strict=True
        ):
            only = ("--include-path-regex", DATA)
            asked |= _fuzz(outcome, place, token, who, *only, seconds=DATA_SECONDS)
        unasked = _described(place) - asked
        outcome.count(data_operations=len(_described(place)), data_operations_unasked=len(unasked))
        outcome.claim(
            f"every operation of the data's API was asked: {sorted(unasked)}", not unasked
        )
        outcome.claim("still ready", place.is_ready())
    return outcome


def _described(place: Installation) -> set[Operation]:
    """The data's operations as the description names them."""
    _status, _headers, body = province.ask(place, "GET", "/api/v1/openapi.json")
    paths: Mapping[str, Mapping[str, object]] = json.loads(body)["paths"]
    return {
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if re.search(DATA, path)
    }


def _asked(report: Path, described: set[Operation]) -> set[Operation]:
    """Which of them a request was sent to."""
    shapes = {
        one: re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(one[1]))) for one in described
    }
    requests = [entry["request"] for entry in json.loads(report.read_text())["log"]["entries"]]
    sent = {(one["method"], urlsplit(one["url"]).path) for one in requests}
    return {
        one
        for one, shape in shapes.items()
        if any(method == one[0] and shape.fullmatch(path) for method, path in sent)
    }


def _fuzz(
    outcome: Outcome,
    place: Installation,
    token: str,
    who: str,
    *only: str,
    seconds: int = SECONDS,
) -> set[Operation]:
    """For a bounded time, as one visitor; which of the data's operations were asked."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "asked.har"
        more = ("--report", "har", "--report-har-path", str(report), *only)
        _run(outcome, place, token, who, *more, seconds=seconds)
        return _asked(report, _described(place)) if report.exists() else set()


def _run(
    outcome: Outcome, place: Installation, token: str, who: str, *more: str, seconds: int
) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")), "run",
            f"http://localhost:{place.port}/api/v1/openapi.json",
            "--header", f"Authorization: Bearer {token}",
            "--checks", "not_a_server_error",
            "--max-examples", str(EXAMPLES),
            "--max-time", str(seconds),
            "--no-color",
            *more,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 180,
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
