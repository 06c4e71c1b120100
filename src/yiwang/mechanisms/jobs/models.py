"""What the library does not keep: failed tries, closed jobs, the last periodic runs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class JobFailure(models.Model):
    """任务失败: one failed try; kind and place only, an error's text may hold personal values."""

    job = models.BigIntegerField()
    attempt = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=100)
    place = models.CharField(max_length=200)

    class Meta:
        db_table = "jobs_failure"
        indexes: ClassVar = [models.Index(fields=["job", "-id"], name="jobs_failure_job")]


class JobClosure(models.Model):
    """任务关闭: an operator put a dead job away, and said why."""

    job = models.BigIntegerField(unique=True)
    reason = models.CharField(max_length=500)
    closed_by = models.CharField(max_length=100)
    closed_at = models.DateTimeField()

    class Meta:
        db_table = "jobs_closure"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="jobs_closure_has_reason")
        ]


class Schedule(models.Model):
    """定时任务: the newest period for which a periodic task was handed to the queue."""

    name = models.CharField(max_length=100, primary_key=True)
    slot = models.BigIntegerField()
    started_at = models.DateTimeField()

    class Meta:
        db_table = "jobs_schedule"
