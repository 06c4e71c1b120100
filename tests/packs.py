"""Check and try every pack of the checkout through the command an author uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from yiwang.project import cli
from yiwang.project.cli import GROUPS

ROOT = Path(__file__).resolve().parents[1]
#: What an author's installation has: tables, the law library, the divisions.
PREPARED = (["laws", "import"], ["divisions", "load"])


def main() -> int:
    """All in one process: what is tried are the packs, the command itself has tests of its own."""
    packs = sorted(path.parent for path in (ROOT / "packs").rglob("item.yaml"))
    if "pack" not in GROUPS:
        print("0 passed, 1 failed: the command `yiwang pack` is not there")
        return 1
    subprocess.run([sys.executable, "-m", "yiwang", "manage", "migrate", "-v0"], check=True)
    for words in PREPARED:
        if cli.main(words):
            return 1
    failed = [
        f"{verb} {pack.name}"
        for pack in packs
        for verb in ("check", "test")
        if cli.main(["pack", verb, str(pack)])
    ]
    print(f"packs: {2 * len(packs) - len(failed)} passed, {len(failed)} failed", *failed)
    return 1 if failed or not packs else 0


if __name__ == "__main__":
    raise SystemExit(main())
