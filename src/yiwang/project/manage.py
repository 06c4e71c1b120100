"""``yiwang manage …``: Django's own commands (migrate, makemigrations, check)."""

from __future__ import annotations

import os

import django
from django.core.management import execute_from_command_line

NEEDS_DJANGO = False  # Django is set up after the role is chosen


def main(arguments: list[str]) -> int:
    """Pass on to Django; commands that change tables use the owner's role."""
    if arguments and arguments[0] in ("migrate", "sqlmigrate", "dbshell"):
        os.environ.setdefault("YIWANG_DATABASE_ROLE", "owner")
    command = ["yiwang manage", *arguments]
    if arguments[:1] == ["migrate"]:
        django.setup()
        from yiwang.project import migrating

        migrating.with_patience(lambda: execute_from_command_line(command))
    else:
        execute_from_command_line(command)
    return 0
