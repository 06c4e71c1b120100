"""Frozen decision tables and the record of every ruling."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.mechanisms.crypto.fields import EncryptedJSON


class RuleTable(models.Model):
    """One published version of a decision table; rows are never changed."""

    code = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    table = models.JSONField()
    tests = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    class Meta:
        db_table = "rulings_table"
        constraints = (
            models.UniqueConstraint(fields=["code", "version"], name="rulings_one_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="rulings_version_from_one"),
        )


class RulingRecord(models.Model):
    """One evaluation, complete enough to be repeated. Inputs may be personal: all content is encrypted."""

    key = models.CharField(max_length=16, unique=True)
    subject = models.CharField(max_length=120)
    table = models.ForeignKey(RuleTable, on_delete=models.PROTECT, related_name="records")
    outcome = models.CharField(max_length=40)
    content = EncryptedJSON(purpose="rulings.record")
    at = models.DateTimeField()
    ruled_by = models.CharField(max_length=80)

    class Meta:
        db_table = "rulings_record"
        indexes = (models.Index(fields=["subject", "id"], name="rulings_by_subject"),)
