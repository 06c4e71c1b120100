"""``yiwang manage …``: Django's own commands (migrate, makemigrations, check)."""

from __future__ import annotations

import os

from django.core.management import execute_from_command_line

NEEDS_DJANGO = False  # Django sets itself up, after the role is chosen


def main(arguments: list[str]) -> int:
    """Pass on to Django; commands that change tables use the owner's role."""
    if arguments and arguments[0] in ("migrate", "sqlmigrate", "dbshell"):
        os.environ.setdefault("YIWANG_DATABASE_ROLE", "owner")
    execute_from_command_line(["yiwang manage", *arguments])
    return 0
