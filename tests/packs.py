"""Check and try every pack of the checkout through the command an author uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from yiwang.project.cli import GROUPS

ROOT = Path(__file__).resolve().parents[1]
#: What an author's installation has: tables, the law library, the divisions.
PREPARED = (["manage", "migrate", "-v0"], ["laws", "import"], ["divisions", "load"])


def main() -> int:
    packs = sorted(path.parent for path in (ROOT / "packs").rglob("item.yaml"))
    if "pack" not in GROUPS:
        print("0 passed, 1 failed: the command `yiwang pack` is not there")
        return 1
    for words in PREPARED:
        subprocess.run([sys.executable, "-m", "yiwang", *words], check=True)
    failed = 0
    for pack in packs:
        for verb in ("check", "test"):
            done = subprocess.run(
                [sys.executable, "-m", "yiwang", "pack", verb, str(pack)], check=False
            )
            failed += done.returncode != 0
    print(f"packs: {2 * len(packs) - failed} passed, {failed} failed")
    return 1 if failed or not packs else 0


if __name__ == "__main__":
    raise SystemExit(main())
