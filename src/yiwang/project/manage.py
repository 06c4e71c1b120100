"""``yiwang manage …``: Django's own commands (migrate, makemigrations, check)."""

from __future__ import annotations

from django.core.management import execute_from_command_line


def main(arguments: list[str]) -> int:
    execute_from_command_line(["yiwang manage", *arguments])
    return 0
