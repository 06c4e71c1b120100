"""Run by the kill tests in processes of its own: seals and listens, and dies where it is told.

``python killed.py points <seal|listen>``: for every database statement of one round, a child that
is killed right before it; then one that lives. ``python killed.py loop``: the real loops.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import ClassVar

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection, connections

from yiwang.kernel import moments
from yiwang.kernel.events import Event
from yiwang.mechanisms.journal import actions, jobs, registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Event):
    name: ClassVar[str] = "scratch.counted"
    n: int


def write_down(*, event: Counted, position: int, **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scratch_effect (subject, n, position) VALUES (%s, %s, %s)",
            [event.subject, event.n, position],
        )


def one_round(what: str, dies_before: int) -> None:
    """In the child: kill this process right before the n-th statement it sends, COMMIT included."""
    sent = 0

    def count(*_: object) -> None:
        nonlocal sent
        sent += 1
        if sent == dies_before:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(execute, sql, params, many, context):
        count()
        return execute(sql, params, many, context)

    connection.ensure_connection()
    commit = connection._commit
    connection._commit = lambda: (count(), commit())
    with connection.execute_wrapper(wrapped):
        if what == "seal":
            actions.seal(at=moments.now(), limit=5)
        else:
            actions.run_listeners(at=moments.now())
    os._exit(0)


def kill_at_every_point(what: str) -> int:
    """How many points there were before the round lived to its end."""
    for point in range(1, 200):
        connections.close_all()
        child = os.fork()
        if child == 0:
            one_round(what, point)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            return point - 1
        wait_until_let_go()
    return 0


def wait_until_let_go() -> None:
    """The server notices a killed client a moment later; until then its locks hold up the next child,
    which would pass them over and live too soon."""
    others = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = %s AND pid <> pg_backend_pid()"
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(others, [os.environ["PGAPPNAME"]])
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.02)


if __name__ == "__main__":
    write_down.__module__ = "scratch.reactions"
    registry.wire({Counted: [write_down]})
    if sys.argv[1] == "points":
        print(kill_at_every_point(sys.argv[2]))  # noqa: T201
    else:
        jobs.run(threading.Event())
