"""What waits, what died, how long the queue is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.jobs.definitions import JobState, JobView, QueueHealth
from yiwang.mechanisms.jobs.models import JobClosure, JobFailure, Schedule

PAGE: Final = 200
_STATES: Final = {
    "todo": JobState.WAITING,
    "doing": JobState.RUNNING,
    "succeeded": JobState.DONE,
    "failed": JobState.DEAD,
    "aborted": JobState.DEAD,
    "cancelled": JobState.CLOSED,
}


def list_jobs(*, state: JobState, after: int = 0, limit: int = PAGE) -> tuple[JobView, ...]:
    """Jobs in one state, oldest first; the next page begins ``after`` the last key. At most 200."""
    statuses = [status for status, meaning in _STATES.items() if meaning is state]
    closed = Exists(JobClosure.objects.filter(job=OuterRef("pk")))
    rows = ProcrastinateJob.objects.filter(pk__gt=after)
    if state is JobState.CLOSED:
        rows = rows.filter(closed)
    else:
        rows = rows.filter(status__in=statuses).exclude(closed)
    return _views(rows.order_by("pk")[: min(limit, PAGE)])


def get_job(key: int) -> JobView:
    """One job; NotFound when there is none."""
    for view in _views(ProcrastinateJob.objects.filter(pk=key)):
        return view
    raise NotFound


def health() -> QueueHealth:
    """One statement: due jobs, dead jobs, age of the oldest due job."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE due),"
            " count(*) FILTER (WHERE status = 'failed' AND c.job IS NULL),"
            " coalesce(extract(epoch FROM now() - min(since) FILTER (WHERE due)), 0)"
            " FROM (SELECT j.id, j.status,"
            "  j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now() AS due,"
            "  coalesce(j.scheduled_at, (SELECT max(e.at) FROM procrastinate_events e"
            "   WHERE e.job_id = j.id AND e.type = 'deferred')) AS since"
            "  FROM procrastinate_jobs j WHERE j.status IN ('todo', 'failed')) q"
            " LEFT JOIN jobs_closure c ON c.job = q.id"
        )
        due, dead, oldest = cursor.fetchone()
    return QueueHealth(due=due, dead=dead, oldest_seconds=float(oldest))


def list_periodic_runs() -> dict[str, int]:
    """Periodic task → the newest period handed to the queue."""
    return dict(Schedule.objects.values_list("name", "slot"))


def _views(rows: QuerySet[Any]) -> tuple[JobView, ...]:
    found = list(rows)
    keys = [row.pk for row in found]
    failures = _newest_failures(keys)
    reasons = dict(JobClosure.objects.filter(job__in=keys).values_list("job", "reason"))
    return tuple(_view(row, failures.get(row.pk), reasons.get(row.pk, "")) for row in found)


def _newest_failures(keys: Iterable[int]) -> dict[int, JobFailure]:
    newest = JobFailure.objects.filter(job__in=list(keys)).order_by("job", "-id").distinct("job")
    return {failure.job: failure for failure in newest}


def _view(row: Any, failure: JobFailure | None, reason: str) -> JobView:
    return JobView(
        key=row.pk,
        task=row.task_name,
        queue=row.queue_name,
        state=JobState.CLOSED if reason else _STATES[row.status],
        attempts=row.attempts,
        scheduled_at=row.scheduled_at,
        arguments=row.args,
        failed_at=failure.at if failure else None,
        failure=f"{failure.kind} {failure.place}" if failure else "",
        closed_reason=reason,
    )
