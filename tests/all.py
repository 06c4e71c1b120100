"""``make test`` and ``make check``: every check, its own line, one figure at the end."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests import browser, database

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTEST = (str(BIN / "pytest"), "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Check:
    """One line of the result. ``quick``: also part of ``make check``. ``shared``: may run beside others."""

    name: str
    command: Callable[[], Sequence[str]]
    quick: bool = False
    shared: bool = False
    needs_browser: bool = False


def main() -> int:
    given = _arguments()
    checks = [c for c in CHECKS if given.only in ("", c.name) and (c.quick or not given.quick)]
    began = time.monotonic()
    with database.running() as environment:
        results = _run_all(checks, environment)
    failed = [name for name, good in results.items() if not good]
    for name in failed:
        print(f"failed: {name}")
    seconds = time.monotonic() - began
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed in {seconds:.0f} s")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test")
    parser.add_argument("--quick", action="store_true", help="make check: under 90 seconds")
    parser.add_argument("--only", default="", choices=["", *(check.name for check in CHECKS)])
    return parser.parse_args()


def _run_all(checks: Sequence[Check], environment: dict[str, str]) -> dict[str, bool]:
    results: dict[str, bool] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        shared = [check for check in checks if check.shared]
        for check, good in zip(
            shared, pool.map(lambda c: _run(c, environment), shared), strict=True
        ):
            results[check.name] = good
    for check in checks:
        if not check.shared:
            results[check.name] = _run(check, environment)
    return results


def _run(check: Check, environment: dict[str, str]) -> bool:
    given = dict(environment)
    if check.needs_browser:
        program, advice = browser.find_or_install()
        if program is None:
            print(f"{check.name}: 0 passed, 1 failed: {advice}", flush=True)
            return False
        given["YIWANG_CHROMIUM"] = program
    began = time.monotonic()
    if check.shared:
        with tempfile.TemporaryFile("w+") as output:
            code = subprocess.run(
                check.command(), cwd=ROOT, env=given, stdout=output, stderr=subprocess.STDOUT
            ).returncode
            output.seek(0)
            text = output.read().rstrip()
    else:
        code = subprocess.run(check.command(), cwd=ROOT, env=given).returncode
        text = ""
    good = code == 0
    figure = "1 passed, 0 failed" if good else "0 passed, 1 failed"
    lines = [*(text.splitlines() if not good else text.splitlines()[-1:])]
    lines.append(f"{check.name}: {figure} ({time.monotonic() - began:.0f} s)")
    print("\n".join(lines), flush=True)
    return good


def _fast_tests() -> Sequence[str]:
    """Pure rules and the kernel: no database, no browser."""
    rules = [str(path) for path in sorted((ROOT / "src").rglob("tests/test_rules*.py"))]
    return (*PYTEST, "-m", "not slow", *rules)


def _unit_tests() -> Sequence[str]:
    kept = ("house", "journeys", "platform")
    ignored = [f"--ignore={ROOT / 'tests' / name}" for name in kept]
    two = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    return (*PYTEST, *two, "src", "tests", *ignored)


def _long_tests() -> Sequence[str]:
    """Real installations and a real browser; what shares an installation stays in one process."""
    paths = ("tests/platform", "tests/journeys")
    return (*PYTEST, "-n", "2", "--dist", "loadgroup", "--durations=12", *paths)


def _packs() -> Sequence[str]:
    return (sys.executable, "-m", "tests.packs")


CHECKS: tuple[Check, ...] = (
    Check("types", lambda: (str(BIN / "mypy"), "-p", "yiwang"), quick=True, shared=True),
    Check("format", lambda: (str(BIN / "ruff"), "format", "--check", "."), quick=True, shared=True),
    Check("lint", lambda: (str(BIN / "ruff"), "check", "."), quick=True, shared=True),
    Check("contracts", lambda: (str(BIN / "lint-imports"),), quick=True, shared=True),
    Check(
        "security",
        lambda: (str(BIN / "bandit"), "-ll", "-q", "-r", "src", "-x", "*/tests/*"),
        quick=True,
        shared=True,
    ),
    Check("fast", _fast_tests, quick=True, shared=True),
    Check("house", lambda: (*PYTEST, "tests/house"), quick=True, shared=True),
    Check("packs", _packs),
    Check("units", _unit_tests),
    Check("journeys", _long_tests, needs_browser=True),
)

if __name__ == "__main__":
    os.chdir(ROOT)
    raise SystemExit(main())
