"""The day's sheets are jobs of their own."""

from __future__ import annotations

import pytest

from yiwang.foundation.tables import jobs, sample, taking
from yiwang.foundation.tables.definitions import CopyState
from yiwang.foundation.tables.models import TableCopy
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.mechanisms.jobs import actions as queue
from yiwang.mechanisms.jobs import queries as waiting
from yiwang.mechanisms.jobs.definitions import JobState

pytestmark = pytest.mark.django_db


def test_a_table_that_cannot_be_compared_keeps_no_other_and_is_tried_again(monkeypatch):
    at = now()
    for service in ("62/first", "62/away", "62/last", "62/paused"):
        sample.copy(service, department="1", division_code="620102000000", at=at)
    TableCopy.objects.filter(service="62/paused").update(state=CopyState.PAUSED)
    tried = []

    def reconcile(row, *, at):
        tried.append(row.service)
        return None if row.service == "62/away" else True

    monkeypatch.setattr(taking, "reconcile", reconcile)
    jobs.reconcile(actor=machine("worker"), at=at)
    jobs.reconcile(actor=machine("worker"), at=at)  # the same day, once more: nothing is doubled
    assert queue.run_waiting(at=at) == 3
    assert sorted(tried) == ["62/away", "62/first", "62/last"]
    left = waiting.list_jobs(state=JobState.WAITING)
    away = TableCopy.objects.get(service="62/away")
    assert [(job.task, job.arguments, job.attempts) for job in left] == [
        ("tables.reconcile_one", {"copy": away.key}, 1)
    ]


def test_a_table_paused_meanwhile_is_left_alone(monkeypatch):
    copy = sample.copy(department="1", division_code="620102000000", at=now())
    TableCopy.objects.update(state=CopyState.PAUSED)
    monkeypatch.setattr(taking, "reconcile", lambda row, *, at: pytest.fail("it was asked"))
    jobs.reconcile_one(copy=copy.key, actor=machine("worker"), at=now())
