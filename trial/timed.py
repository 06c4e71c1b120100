"""How long a question takes, and how much of big tables it reads from end to end. Inside an installation."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def taken(
    ask: Callable[[], object], *, times: int, tables: Sequence[str]
) -> tuple[float, float, int]:
    """p50 and p95 in milliseconds after one that does not count; rows read by scans of whole tables."""
    ask()
    before, took = _scanned(tables), []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    p50, p95 = statistics.median(took), sorted(took)[int(0.95 * times)]
    return round(p50, 1), round(p95, 1), _scanned(tables) - before


def _scanned(tables: Sequence[str]) -> int:
    """Rows read so far by scans of whole tables, as the server counts them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")  # its end is when they are written down
        cursor.execute(
            "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = ANY(%s)",
            [list(tables)],
        )
        return int(cursor.fetchone()[0])
