"""Changing tables beside others who use them: give way quickly, try again, leave nothing half made."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

import psycopg
from django.core.management import call_command
from django.db import OperationalError, connection

from yiwang.kernel.refusals import Refusal

log = logging.getLogger("yiwang.migrating")

#: Seconds between the tries: a minute in all, and each waits two seconds at most for a lock.
PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
#: Left by a concurrent build that was broken off; one that is still being built is another's.
_HALF_MADE: Final = """
SELECT indexrelid::regclass::text FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace
AND indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index)
"""


class TablesInUse(Refusal):
    """Somebody held a table all the time it was to be changed."""

    status = 503
    sentence = "要改的表一直被别的会话占着，表结构没有改完，已改的都有效。"
    remedy = "请在 pg_stat_activity 里找到占着表的会话，结束后再运行一次，会接着改。"


def migrate() -> None:
    """Bring the tables up to date, with patience."""
    with_patience(lambda: call_command("migrate", interactive=False, verbosity=0))


def with_patience(change: Callable[[], object]) -> None:
    """Make a change of tables, again and again while somebody holds a lock. Refuses TablesInUse.

    The connection's ``lock_timeout`` makes the change give way, so that nobody queues behind it.
    """
    for pause in (*PAUSES, None):
        try:
            _drop_half_made()
            change()
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise
            connection.close()
            if pause is None:
                raise TablesInUse from error
            log.warning("a table is in use, trying again", extra={"seconds": pause})
            time.sleep(pause)
        else:
            return


def _drop_half_made() -> None:
    """An index a broken-off build left is no index, and its name is taken."""
    with connection.cursor() as cursor:
        cursor.execute(_HALF_MADE)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")  # a name the server has quoted
