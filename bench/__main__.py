"""``make bench``: every measurement in one run on one installation; writes ``bench/results.json``."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import machine_words
from tests.installation import Installation

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results.json"
#: In this order; each one a module with ``measure() -> list[Measurement]``, run in a process of its own.
MODULES = (
    "journal",
    "search",
    "form",
    "submission",
    "query",
    "tables",
    "ledger",
    "exchange",
    "topics",
)


def main(names: list[str]) -> int:
    chosen = names or list(MODULES)
    installation = Installation(sample=True)
    # The sample's own server stands for departments' databases, too.
    installation.more = {"YIWANG_SOURCE_HOSTS": f"{installation.place.sockets}:5432"}
    load = os.getloadavg()[0]
    try:
        installation.start()
        installation.wait_for_line("ready: ", seconds=240)
        rows = [row for name in chosen for row in _measure(name, installation)]
    finally:
        installation.remove()
    for row in rows:
        print(_words(row), flush=True)
    if not names:
        RESULTS.write_text(_document(rows, load), encoding="utf-8")
    gates = [row for row in rows if "met" in row]
    failed = [row for row in gates if not row["met"]]
    print(f"{len(gates) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _measure(name: str, installation: Installation) -> list[dict[str, object]]:
    environment = {**installation.environment, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--one", name],
        cwd=ROOT,
        env={**environment, "YIWANG_BENCH_PID": str(installation.process.pid)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=3600,  # ten million rows of a table
    )
    return json.loads(done.stdout.splitlines()[-1])


def _one(name: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    measured = importlib.import_module(f"bench.{name}").measure()
    print(json.dumps([m.as_json() for m in measured], ensure_ascii=False))
    return 0


def _words(row: dict[str, object]) -> str:
    against = f", {row['ratio']} of {row['against']}" if "ratio" in row else ""
    gate = {True: "  met", False: "  NOT MET"}.get(row.get("met"), "")  # type: ignore[arg-type]
    return f"{row['name']}: {row['value']} {row['unit']}{against}{gate}"


def _document(rows: list[dict[str, object]], load: float) -> str:
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
        # What the machine was doing before we began: above 0.5, only CPU figures mean something.
        "load_before": round(load, 1),
        "results": rows,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    given = sys.argv[1:]
    raise SystemExit(_one(given[1]) if given[:1] == ["--one"] else main(given))
