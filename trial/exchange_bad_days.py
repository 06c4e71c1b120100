"""Two nodes under load: a cable cut and mended, a clock ten minutes off, the receipts' disk full."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from trial import counted
from trial.outcome import Outcome

TESTS = "trial/test_exchange_bad_days.py"
SIZE_MB = 1_500


def run() -> Outcome:
    """No answered call lacks a receipt on either side, and everything heals by itself."""
    outcome = Outcome("exchange_bad_days")
    disk = Path(tempfile.mkdtemp(prefix="yiwang-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=755", "tmpfs", str(disk)]
    mounted = not subprocess.run(mount, capture_output=True, check=False).returncode
    try:
        more = {"TRIAL_DISK": str(disk)} if mounted else {}
        found = counted.run(outcome, TESTS, more=more, base=disk)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(disk)], check=False)
        disk.rmdir()
    outcome.claim(
        "networks of their own, a C compiler and a small disk are here", "skipped" not in found
    )
    outcome.claim(
        "cut, skewed and full: refused in words, no answer without receipts, healed",
        bool(found.get("passed")) and set(found) <= {"passed", "skipped"},
    )
    return outcome
