"""``make test`` and ``make check``: every check, its own line, one figure at the end."""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests import browser, database

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTEST = (str(BIN / "pytest"), "-p", "no:cacheprovider")
PAGES = "tests/journeys/test_pages_are_accessible.py"


@dataclass(frozen=True)
class Check:
    """One line of the result. ``quick``: part of ``make check``, and ``whole`` of ``make test``.

    ``long``: after the others, three side by side, each with databases of its own name.
    """

    name: str
    command: Callable[[], Sequence[str]]
    quick: bool = False
    whole: bool = True
    long: bool = False
    needs_browser: bool = False


def main() -> int:
    given = _arguments()
    checks = [check for check in CHECKS if _is_wanted(check, given)]
    began = time.monotonic()
    with database.running() as environment, _compiling_once(environment):
        results = _run_all(checks, environment)
    failed = [name for name, good in results.items() if not good]
    for name in failed:
        print(f"failed: {name}")
    seconds = time.monotonic() - began
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)  # with the shared database, which ended
    spent = f"{usage.ru_utime + usage.ru_stime:.0f} s of a core"
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed in {seconds:.0f} s, {spent}")
    return 1 if failed else 0


@contextlib.contextmanager
def _compiling_once(environment: dict[str, str]) -> Iterator[None]:
    """Where no compiled code may lie beside the sources, it lies in a folder of this run: two hundred processes
    of ours start in it, and each would else compile a thousand modules."""
    if not environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="yiwang-compiled-") as folder:
        environment["PYTHONPYCACHEPREFIX"] = folder
        yield


def _is_wanted(check: Check, given: argparse.Namespace) -> bool:
    if given.only:
        return check.name == given.only
    return check.quick if given.quick else check.whole


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test")
    parser.add_argument("--quick", action="store_true", help="make check: under 90 seconds")
    parser.add_argument("--only", default="", choices=["", *(check.name for check in CHECKS)])
    return parser.parse_args()


def _run_all(checks: Sequence[Check], environment: dict[str, str]) -> dict[str, bool]:
    results: dict[str, bool] = {}
    if any(
        check.needs_browser for check in checks
    ):  # it may take a while to install, beside the others
        threading.Thread(target=browser.find_or_install, daemon=True).start()
    for long, at_once in ((False, 2), (True, 3)):
        these = [check for check in checks if check.long is long]
        with ThreadPoolExecutor(at_once) as pool:
            good = pool.map(lambda check: _run(check, environment), these)
            results |= zip((check.name for check in these), good, strict=True)
    return results


def _run(check: Check, environment: dict[str, str]) -> bool:
    given = dict(environment)
    if check.long:
        given["TOX_PARALLEL_ENV"] = check.name  # pytest-django: test_yiwang_<name>
    if check.needs_browser:
        program, advice = browser.find_or_install(lean=True)
        if program is None:
            print(f"{check.name}: 0 passed, 1 failed: {advice}", flush=True)
            return False
        given[browser.CHOSEN] = program
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        good, spent = _wait_for(check.command(), given, output)
        output.seek(0)
        text = output.read().rstrip()
    figure = "1 passed, 0 failed" if good else "0 passed, 1 failed"
    lines = text.splitlines()
    if good:
        lines = lines[-28:] if check.long else lines[-1:]  # with what took longest
    took = f"{time.monotonic() - began:.0f} s, {spent:.0f} s of a core"
    lines.append(f"{check.name}: {figure} ({took})")
    print("\n".join(lines), flush=True)
    return good


def _wait_for(
    command: Sequence[str], environment: dict[str, str], output: IO[str]
) -> tuple[bool, float]:
    """Whether it went well, and the CPU seconds of all it started; the shared database's are not among them."""
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.spent", *command),
        cwd=ROOT,
        env=environment,
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode == 0, usage.ru_utime + usage.ru_stime


def _fast_tests() -> Sequence[str]:
    """Pure rules and the kernel: no database, no browser."""
    rules = [str(path) for path in sorted((ROOT / "src").rglob("tests/test_rules*.py"))]
    return (*PYTEST, "-m", "not slow", *rules)


def _unit_tests() -> Sequence[str]:
    """They yield to the browsers and installations beside them, which wait for answers."""
    kept = ("house", "journeys", "platform")
    ignored = [f"--ignore={ROOT / 'tests' / name}" for name in kept]
    two = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations=25")
    return ("nice", "-n", "5", *PYTEST, *two, "src", "tests", *ignored)


def _stories() -> Sequence[str]:
    """In one process, for they share one running installation."""
    return (*PYTEST, "--durations=15", "tests/journeys", f"--ignore={PAGES}")


def _packs() -> Sequence[str]:
    return (sys.executable, "-m", "tests.packs")


CHECKS: tuple[Check, ...] = (
    Check("types", lambda: (str(BIN / "mypy"), "-p", "yiwang"), quick=True),
    Check("format", lambda: (str(BIN / "ruff"), "format", "--check", "."), quick=True),
    Check("lint", lambda: (str(BIN / "ruff"), "check", "."), quick=True),
    Check("contracts", lambda: (str(BIN / "lint-imports"),), quick=True),
    Check(
        "security",
        lambda: (str(BIN / "bandit"), "-ll", "-q", "-r", "src", "-x", "*/tests/*"),
        quick=True,
    ),
    Check("fast", _fast_tests, quick=True, whole=False),  # among the units
    Check("house", lambda: (*PYTEST, "tests/house"), quick=True),
    Check("packs", _packs),
    Check("units", _unit_tests, long=True),
    # What waits most begins first; the stories, which wait for nothing, come in for the pages.
    Check("platform", lambda: (*PYTEST, "--durations=15", "tests/platform"), long=True),
    Check("pages", lambda: (*PYTEST, PAGES), long=True, needs_browser=True),
    Check("journeys", _stories, long=True, needs_browser=True),
)

if __name__ == "__main__":
    os.chdir(ROOT)
    raise SystemExit(main())
