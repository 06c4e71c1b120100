"""Run one job, note why it failed, hand back what a dead worker held."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from secrets import SystemRandom
from typing import Any

import psycopg
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate import retry
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.mechanisms.jobs import registry, rules
from yiwang.mechanisms.jobs.definitions import QUEUES, STALLED_AFTER_SECONDS, Task
from yiwang.mechanisms.jobs.models import JobFailure

log = logging.getLogger(__name__)
_random = SystemRandom()


class Backoff(retry.BaseRetryStrategy):
    """Longer and longer pauses; after the last try the job stays as dead, for an operator."""

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> retry.RetryDecision | None:
        if job.attempts + 1 >= self.attempts:
            return None
        pause = rules.wait_seconds(attempts=job.attempts, jitter=_random.random())
        return retry.RetryDecision(retry_at=moments.now() + timedelta(seconds=pause))


def run(job: Job, *, at: datetime) -> None:
    """One try. The failure is noted, kind and place only, and passed on to the queue."""
    try:
        _perform(job, at)
    except Exception as error:
        _note_failure(job, error, at)
        raise


def _perform(job: Job, at: datetime) -> None:
    _forget_key(job)
    task = registry.TASKS.get(job.task_name)
    if task is None:
        raise LookupError(f"no task is named {job.task_name}")
    task.function(actor=machine("worker"), at=at, **job.task_kwargs)


def revive(*, key: int, at: datetime) -> bool:
    """A dead job waits again, with all its tries; False when it is not dead any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = %s,"
            " queueing_lock = NULL WHERE id = %s AND status IN ('failed', 'aborted')",
            [at, key],
        )
        return bool(cursor.rowcount == 1)


@contextmanager
def plainly() -> Iterator[None]:
    """The queue's library hides what the database said behind an error of its own; whoever waits
    for an absent database, or has to say that it is full, sees the database's error again."""
    try:
        yield
    except ConnectorException as error:
        if not isinstance(error.__cause__, psycopg.Error):
            raise
        with connection.wrap_database_errors:
            raise error.__cause__ from None


def return_stalled(*, at: datetime) -> int:
    """Jobs of silent workers wait again; one that has used up its tries is dead."""
    with plainly():
        return _return_stalled(at)


def _return_stalled(at: datetime) -> int:
    stalled = async_to_sync(app.job_manager.get_stalled_jobs)(
        seconds_since_heartbeat=STALLED_AFTER_SECONDS
    )
    count = 0
    for job in stalled:
        _forget_key(job)
        error = ConnectionError("the worker has gone")
        _note_failure(job, error, at)
        _put_back(job, error)
        count += 1
    return count


def bring_forward(*, at: datetime) -> int:
    """No pause is longer than the longest: what waits beyond it was put off by a wrong clock."""
    farthest = at + timedelta(seconds=2 * rules.LONGEST_WAIT_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = %s"
            " WHERE status = 'todo' AND scheduled_at > %s",
            [at, farthest],
        )
        return int(cursor.rowcount)


def run_waiting(*, at: datetime, limit: int) -> int:
    manager = app.job_manager
    worker = async_to_sync(manager.register_worker)()
    done = 0
    try:
        while done < limit:
            job = async_to_sync(manager.fetch_job)(queues=list(QUEUES), worker_id=worker)
            if job is None:
                break
            _run_here(_with_arguments(job), at)
            done += 1
    finally:
        async_to_sync(manager.unregister_worker)(worker_id=worker)
    return done


def _with_arguments(job: Job) -> Job:
    """Django's connection gives JSON as text, the worker's gives it parsed."""
    given: Any = job.task_kwargs
    return job.evolve(task_kwargs=json.loads(given)) if isinstance(given, str) else job


def _savepoint() -> AbstractContextManager[None]:
    """As in the worker a job opens its own transactions (it may ask other machines between them);
    only inside a caller's transaction a savepoint keeps that usable after a failure."""
    blocks: list[Any] = connection.atomic_blocks
    inside = any(not getattr(block, "_from_testcase", False) for block in blocks)
    return transaction.atomic() if inside else nullcontext()


def _run_here(job: Job, at: datetime) -> None:
    try:
        with _savepoint():
            _perform(job, at)
    except Exception as error:  # as in the worker: note it, try later
        _note_failure(job, error, at)
        _put_back(job, error)
        log.exception("job failed", extra={"job": job.id, "task": job.task_name})
    else:
        async_to_sync(app.job_manager.finish_job)(
            job=job, status=Status.SUCCEEDED, delete_job=False
        )


def _put_back(job: Job, error: BaseException) -> None:
    task = registry.TASKS.get(job.task_name)
    decision = Backoff(task.attempts if task else 1).get_retry_decision(exception=error, job=job)
    if decision is None:
        async_to_sync(app.job_manager.finish_job)(job=job, status=Status.FAILED, delete_job=False)
    else:
        async_to_sync(app.job_manager.retry_job)(job=job, retry_at=decision.retry_at)


def _forget_key(job: Job) -> None:
    """The key keeps a second job from waiting; once this one runs another may wait behind it."""
    if job.queueing_lock:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET queueing_lock = NULL WHERE id = %s", [job.id]
            )


def _note_failure(job: Job, error: BaseException, at: datetime) -> None:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    JobFailure.objects.create(
        job=job.id or 0,
        attempt=job.attempts + 1,
        at=at,
        kind=type(error).__name__[:100],
        place=place[:200],
    )


def as_library_tasks(run_one: Any) -> None:
    """Tell the library every registered task; ``run_one(context, **arguments)`` does the work."""
    for task in registry.TASKS.values():
        _tell_library(task, run_one)


def _tell_library(task: Task, run_one: Any) -> None:
    if task.name not in app.tasks:
        app.task(name=task.name, retry=Backoff(task.attempts), pass_context=True)(run_one)
