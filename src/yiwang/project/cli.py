"""``yiwang <group> …``: one table of groups; each group's module has ``main(arguments) -> int``.

A module that sets ``NEEDS_DJANGO = False`` runs without settings or database models.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psycopg
from django.db import InterfaceError, OperationalError

from yiwang.kernel.refusals import Refusal
from yiwang.project import loading

GROUPS: Final[dict[str, str]] = {
    "accounts": "yiwang.support.identity.commands",
    "divisions": "yiwang.network.directory.commands",
    "node": "yiwang.network.nodes.commands",
    "rights": "yiwang.project.rights_sweep",
    "run": "yiwang.project.run",
    "federation": "yiwang.project.federation",
    "process": "yiwang.project.processes",
    "items": "yiwang.capability.catalogue.commands",
    "pack": "yiwang.applications.commands",
    "laws": "yiwang.foundation.laws.commands",
    "sources": "yiwang.foundation.exchange.commands",
    "tables": "yiwang.foundation.tables.commands",
    "calendar": "yiwang.mechanisms.clocks.commands",
    "rulings": "yiwang.mechanisms.rulings.commands",
    "docs": "yiwang.project.docs",
    "sample": "yiwang.project.province",
    "manage": "yiwang.project.manage",
    "journal": "yiwang.project.journal_check",
    "ledger": "yiwang.foundation.ledger.commands",
    "archives": "yiwang.capability.archives.commands",
    "backup": "yiwang.project.backup",
    "restore": "yiwang.project.restore",
    "keys": "yiwang.project.keys",
}


class DatabaseAway(Refusal):
    status = 503
    sentence = "数据库现在连不上，没有做成。"
    remedy = "请先运行 make run；用自己的数据库时，请检查它是否在运行、DATABASE_URL 写得对不对。"


def _needs_django(name: str) -> bool:
    """Read, not imported: a module's own imports may already need the models."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return True
    return "NEEDS_DJANGO = False" not in Path(spec.origin).read_text(encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Dispatch; a refusal is one Chinese sentence and exit code 2, never a stack trace."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] not in GROUPS:
        print("用法：yiwang <" + " | ".join(GROUPS) + "> …", file=sys.stderr)
        return 0 if given in (["--help"], ["-h"]) else 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    return in_words(lambda: _call(given))


def _call(given: list[str]) -> int:
    with loading.undisturbed():
        if _needs_django(GROUPS[given[0]]):
            import django

            django.setup()
        module = importlib.import_module(GROUPS[given[0]])
    return int(module.main(given[1:]))


def in_words(act: Callable[[], int | None]) -> int:
    """What it returns as the exit code; what refuses it or a database that is away, in words."""
    try:
        return act() or 0
    except Refusal as refusal:
        return _say(refusal)
    except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
        return _say(_away(error))


def _say(refusal: Refusal) -> int:
    """The refusal in words on the error output; exit code 2."""
    print(f"{refusal.sentence}{refusal.remedy}", file=sys.stderr)
    for problem in refusal.fields:
        print(f"  {problem.field}：{problem.sentence}{problem.remedy}", file=sys.stderr)
    return 2


def _away(error: Exception) -> DatabaseAway:
    """The server's five-character code when it still gave one; never its text, which names hosts."""
    code = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return DatabaseAway(f"数据库没有做成这件事（{code}）。") if code else DatabaseAway()
