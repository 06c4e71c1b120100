"""Hand work over, and look after what did not succeed."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, Refusal
from yiwang.mechanisms.jobs import execution, queries, registry, rules
from yiwang.mechanisms.jobs.definitions import QUEUES, WAITED_FOR, JobState, JobView
from yiwang.mechanisms.jobs.models import JobClosure, Schedule
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared

LONGEST_ARGUMENT = 500
#: A clock set back by less has only been corrected.
CLOCK_TOLERANCE: Final = timedelta(minutes=10)
#: What the queue's own ``defer`` sends: (queue, task, priority, lock, key, arguments, when). What
#: somebody waits for comes first, so that fetching it does not look through everything else.
_DEFER: Final = """
SELECT procrastinate_defer_jobs_v1(ARRAY[
    ROW(%s, %s, %s::integer, NULL, %s, %s::jsonb, NULL)::procrastinate_job_to_defer_v1
])
"""


class CannotRetry(Refusal):
    sentence = "这个任务没有处在失败状态，不需要重做。"
    remedy = "请刷新任务列表查看最新情况。"


class CannotClose(Refusal):
    sentence = "只有多次失败的任务才能关闭，而且只能关闭一次。"
    remedy = "请刷新任务列表查看最新情况。"


def defer(
    *, task: str, queue: str = "normal", key: str | None = None, **arguments: str | int
) -> None:
    """Hand a piece of work to the queue; it exists exactly when the caller's change is committed.

    ``key``: while a job with the same key waits, a second one is not added. Arguments are
    references and versions, never personal values. RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a job is handed over inside the transaction that needs it")
    if queue not in QUEUES:
        raise ValueError(f"unknown queue {queue!r}")
    for name, value in arguments.items():
        if not isinstance(value, str | int) or len(str(value)) > LONGEST_ARGUMENT:
            raise TypeError(f"argument {name!r} of {task} is not a reference or a number")
    try:
        # Only a key can be refused, so only a key needs a savepoint.
        with transaction.atomic() if key is not None else nullcontext():
            first = int(queue in WAITED_FOR)
            prepared.run(_DEFER, [queue, task, first, key, json.dumps(arguments)])
    except IntegrityError:
        if key is None:
            raise


def start_periodic(*, at: datetime) -> int:
    """The clock's round: hand over every periodic task whose period began; returns how many.

    Whoever moves the row first starts the run, so two clocks start one job, and a clock that was
    away catches up with one run, not with all it missed. A run begun in the future was begun while
    the clock was wrong: since it was set right, the true period is begun instead.
    """
    started = 0
    for name, periodic in sorted(registry.PERIODIC.items()):
        slot = rules.slot_of(at=at, minutes=periodic.minutes)
        with transaction.atomic():
            Schedule.objects.get_or_create(name=name, defaults={"slot": -1, "started_at": at})
            due = Q(slot__lt=slot) | Q(started_at__gt=at + CLOCK_TOLERANCE)
            moved = Schedule.objects.filter(due, name=name)
            if moved.update(slot=slot, started_at=at):
                defer(task=name, key=f"every:{name}")
                started += 1
    return started


def retry_job(*, key: int, actor: Actor, at: datetime) -> JobView:
    """An operator sends a dead job back to the queue. CannotRetry unless it is dead."""
    with transaction.atomic():
        if queries.get_job(key).state is not JobState.DEAD or not execution.revive(key=key, at=at):
            raise CannotRetry
        journal.record(actor=actor, act="jobs.retried", subject=f"job:{key}", at=at)
        return queries.get_job(key)


def close_job(*, key: int, reason: str, actor: Actor, at: datetime) -> JobView:
    """An operator puts a dead job away and says why. CannotClose unless it is dead."""
    if not reason.strip():
        raise InvalidInput("请写明关闭的原因。")
    with transaction.atomic():
        if queries.get_job(key).state is not JobState.DEAD:
            raise CannotClose
        _, created = JobClosure.objects.get_or_create(
            job=key,
            defaults={"reason": reason[:500], "closed_by": actor.reference, "closed_at": at},
        )
        if not created:
            raise CannotClose
        journal.record(actor=actor, act="jobs.closed", subject=f"job:{key}", at=at)
        return queries.get_job(key)


def return_stalled(*, at: datetime) -> int:
    """Hand back the jobs of workers that have gone; called by the clock, not by the queue."""
    return execution.return_stalled(at=at)


def bring_forward(*, at: datetime) -> int:
    """Make due what waits beyond every pause there is: a clock that was wrong put it off."""
    return execution.bring_forward(at=at)


def run_waiting(*, at: datetime, limit: int = 1000) -> int:
    """Do the due jobs here and now, in this process, one after another; returns how many were done.

    For tests, the command line and the sample province: the same tries, failures and states as in
    the worker. A job that fails is put back for later, as there.
    """
    return execution.run_waiting(at=at, limit=limit)
