"""``make trial``: every trial, or those named.

Each writes its own entry of ``trial/results.json`` when it ends, with the commit it ran on: together
they take the better part of an hour, and one that is cut off must not cost the others.
"""

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
    "restore",
    "hostile_files",
    "sm2",
    "fuzzing",
    "exchange_fuzzing",
    "exchange_kills",
    "exchange_bad_days",
    "rights",
    "federation",
    "newcomer",
    "million",
    "million_exchange",
    "lifecycle",
)


def main(names: list[str]) -> int:
    outcomes = [_one(name) for name in names or TRIALS]
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
    missed = sum(not met for _, met in outcome.gates)
    gates = f"; gates: {len(outcome.gates) - missed} met, {missed} missed" if outcome.gates else ""
    print(f"{name}: {outcome.passed} passed, {outcome.failed} failed{gates}", flush=True)
    _keep(outcome)
    return outcome


def _keep(outcome: Outcome) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    stamp = {
        "commit": commit,
        "on": datetime.now(UTC).date().isoformat(),
        "machine": machine_words(),
    }
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    entries = {entry["trial"]: entry for entry in known}
    entries[outcome.name] = {**outcome.as_json(), **stamp}
    ordered = [entries[name] for name in TRIALS if name in entries]
    text = json.dumps(ordered, ensure_ascii=False, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
