"""``make trial``: every trial, or those named; writes ``trial/results.json`` when all were run."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import machine_words
from trial.outcome import Outcome

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "trial" / "results.json"
TRIALS = (
    "fifty",
    "kills",
    "restarts",
    "disk_full",
    "rush",
    "clock_jumps",
    "sources",
    "hostile_files",
    "fuzzing",
    "million",
)


def main(names: list[str]) -> int:
    outcomes = [_one(name) for name in names or TRIALS]
    if not names:
        RESULTS.write_text(_document(outcomes), encoding="utf-8")
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed")
    return 1 if failed else 0


def _one(name: str) -> Outcome:
    began = time.monotonic()
    try:
        outcome: Outcome = importlib.import_module(f"trial.{name}").run()
    except Exception:  # a trial that breaks is a failed trial, and the others still run
        traceback.print_exc()
        outcome = Outcome(name)
        outcome.claim("the trial came to its end", False)
    outcome.count(seconds=round(time.monotonic() - began))
    print(f"{name}: {outcome.passed} passed, {outcome.failed} failed", flush=True)
    return outcome


def _document(outcomes: list[Outcome]) -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    document = {
        "commit": commit,
        "on": datetime.now(UTC).date().isoformat(),
        "machine": machine_words(),
        "trials": [outcome.as_json() for outcome in outcomes],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
