"""``yiwang journal …`` with this installation's own database and folder filled in.

The commands themselves need no application; only the address of the embedded database does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from yiwang.cloud.storage import queries as storage
from yiwang.mechanisms.journal import commands
from yiwang.project.database import as_url, chosen_address

NEEDS_DJANGO = False


def main(arguments: list[str]) -> int:
    """``--database`` and ``--heads`` still win over what is filled in here."""
    home = Path(
        os.environ.setdefault("YIWANG_HOME", str(Path(__file__).resolve().parents[3] / "var"))
    )
    if "DATABASE_URL" not in os.environ:
        if not storage.embedded_data(home).exists():
            print(f"{home} 里还没有数据库。请先运行 make run，或给出 --database。", file=sys.stderr)
            return 2
        os.environ["DATABASE_URL"] = as_url(chosen_address(home))
    return commands.main(arguments)
