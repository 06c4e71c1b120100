"""``yiwang process <name>``: the processes the supervisor starts. Each ends on a stop signal."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Final

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, close_old_connections

from yiwang.cloud.backup.definitions import FOLLOW_SECONDS
from yiwang.cloud.storage import actions as storage
from yiwang.cloud.storage.definitions import DatabaseRole
from yiwang.foundation.exchange import calls
from yiwang.foundation.ledger import jobs as ledger
from yiwang.foundation.upper import gateway
from yiwang.kernel import moments
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.jobs import worker
from yiwang.mechanisms.jobs.definitions import QUEUES, WAITED_FOR
from yiwang.mechanisms.journal import jobs as journal
from yiwang.network.nodes import jobs as nodes
from yiwang.project import (
    background,
    backup,
    cli,
    database,
    department_messages,
    departments,
    divided,
    migrating,
    supervisor,
)
from yiwang.project.process_names import BACKGROUND, DEPARTMENTS, FOLLOWER, TOGETHER, UPPER

log = logging.getLogger("yiwang.process")

LOOK_SECONDS: Final = 0.2
CLOCK_SECONDS: Final = 5.0
REAPER_SECONDS: Final = 30.0
ERRANDS_GIVE_WAY: Final = 10  # added to the process's niceness

stopping = threading.Event()


def main(arguments: list[str]) -> int:
    """One process by name, or one that is divided into several."""
    name, *others = arguments
    if name == BACKGROUND:
        divide(others)
    else:
        PROCESSES[name]()
    return 0


def divide(names: Sequence[str]) -> None:
    """Load once what they all need, then keep one process running for each."""
    background.know_all()
    _stop_on_signals()
    children = [
        supervisor.Child(name, functools.partial(divided.Divided, name, _in_words(name)))
        for name in names
    ]
    try:
        while not stopping.is_set():
            for child in children:
                child.look_after()
            stopping.wait(LOOK_SECONDS)
    finally:
        supervisor.stop_all(children)


def _in_words(name: str) -> Callable[[], int]:
    return functools.partial(cli.in_words, PROCESSES[name])


def prepare() -> None:
    """Before anything serves: tables, rights on them, our own key, static files. Runs as the owner."""
    migrating.migrate()
    storage.grant(
        owner=database.chosen_address(settings.YIWANG_HOME),
        app_user=os.environ.get("YIWANG_APP_USER", DatabaseRole.APP),
        append_only=append_only_tables(),
    )
    calls.make_key(at=moments.now())
    call_command("collectstatic", interactive=False, verbosity=0)


def append_only_tables() -> tuple[str, ...]:
    """What modules declare as history: ``APPEND_ONLY_TABLES`` in their definitions."""
    found: list[str] = []
    for config in apps.get_app_configs():
        if config.name.startswith("yiwang."):
            definitions = _definitions_of(config.name)
            found.extend(getattr(definitions, "APPEND_ONLY_TABLES", ()))
    return tuple(sorted(found))


def _definitions_of(module: str) -> object:
    name = f"{module}.definitions"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def work() -> None:
    """The worker for what a citizen waits for."""
    background.know_all()
    worker.work(WAITED_FOR)


def run_errands() -> None:
    """The worker for everything else, which gives way when the machine is busy."""
    os.nice(ERRANDS_GIVE_WAY)
    background.know_all()
    worker.work([queue for queue in QUEUES if queue not in WAITED_FOR])


def seal() -> None:
    """The journal's sealer, its listeners and the ledger; when one of them breaks, the process ends."""
    background.know_all()
    _stop_on_signals()
    threading.excepthook = _end_on_error
    following = threading.Thread(target=ledger.run, args=(stopping,), name="ledger")
    following.start()
    try:
        journal.run(stopping)
    finally:
        stopping.set()
        following.join()


def _end_on_error(arguments: threading.ExceptHookArgs) -> None:
    log.error("a thread broke", exc_info=arguments.exc_value)
    stopping.set()
    os.kill(os.getpid(), signal.SIGTERM)  # a worker waits for a signal


def tick() -> None:
    """The clock: periodic tasks begin, jobs of dead workers are handed back, the registry is followed."""
    background.know_all()
    _stop_on_signals()
    with _beside(nodes.keep_up):
        run_clock(stopping)


def together() -> None:
    """Worker, errands, sealer and clock as threads of one process: for a node with little to do.

    On the sample the departments that stand at this node serve and hear here, too.
    """
    background.know_all()
    theirs = (departments.serve, department_messages.serve) if settings.SAMPLE else ()
    with _beside(nodes.keep_up, journal.run, ledger.run, run_clock, *theirs):
        worker.work(tuple(QUEUES))


@contextlib.contextmanager
def _beside(*loops: Callable[[threading.Event], object]) -> Iterator[None]:
    """Loops on threads of their own, which end with this one; when one of them breaks, all end."""
    threading.excepthook = _end_on_error
    threads = [threading.Thread(target=loop, args=(stopping,)) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def run_clock(stop: threading.Event) -> None:
    """One look every five seconds until told to stop; an absent database is waited for."""
    next_reap = 0.0
    while not stop.is_set():
        close_old_connections()
        try:
            at = moments.now()
            jobs.start_periodic(at=at)
            if time.monotonic() >= next_reap:
                jobs.return_stalled(at=at)
                jobs.bring_forward(at=at)
                next_reap = time.monotonic() + REAPER_SECONDS
        except OperationalError:
            log.warning("database away")
            close_old_connections()
        stop.wait(CLOCK_SECONDS)


def follow() -> None:
    """The backup's follower: files and the database's log as they come, a whole copy each day."""
    _stop_on_signals()
    with contextlib.closing(backup.follower()) as follower:
        while not stopping.is_set():
            close_old_connections()
            try:
                backup.one_round(follower)
            except (OperationalError, psycopg.OperationalError):
                log.warning("database away")
            except Refusal as refusal:
                log.error("no backup", extra={"refusal": refusal.code, "remedy": refusal.remedy})
            stopping.wait(FOLLOW_SECONDS)


def serve_departments() -> None:
    """The sample departments' services, reachable through the exchange, and who hears a topic there."""
    _stop_on_signals()
    with department_messages.listening():
        departments.serve(stopping)


def serve_upper() -> None:
    """Services of the platform above, reachable through the exchange."""
    _stop_on_signals()
    gateway.serve(stopping)


def _stop_on_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    stopping.set()


PROCESSES: Final[dict[str, Callable[[], None]]] = {
    "prepare": prepare,
    "worker": work,
    "errands": run_errands,
    "sealer": seal,
    "clock": tick,
    TOGETHER: together,
    FOLLOWER: follow,
    DEPARTMENTS: serve_departments,
    UPPER: serve_upper,
}
