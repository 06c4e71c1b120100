"""A process of its own that asks the versions it is told, one a line, and prints what came out."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import django

if __name__ == "__main__":
    django.setup()

from django.db import transaction

from yiwang.kernel.actor import machine
from yiwang.mechanisms.rulings import actions, sample

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def main() -> None:
    for line in sys.stdin:
        with transaction.atomic():
            made = actions.rule(
                subject="case:1", table="allowance/who", table_version=int(line),
                inputs=sample.inputs(AT), at=AT, actor=machine("other"),
            )  # fmt: skip
        sys.stdout.write(f"{made.outcome} {made.rows}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
