"""Data elements and code tables a province agreed on beside the shipped ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class DataElement(models.Model):
    """数据元 of this place; a code once given keeps its meaning."""

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    length = models.PositiveIntegerField()
    table = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=12)
    basis = models.CharField(max_length=120, blank=True)
    defined_by = models.CharField(max_length=80)
    defined_at = models.DateTimeField()
    withdrawn_because = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"),
                name="element_code_is_dotted",
            ),
        ]


class LocalCodeTable(models.Model):
    """本地代码表 of this place: a short closed list no standard has; ``codes``: code and label in order."""

    name = models.CharField(max_length=40, primary_key=True)
    title = models.CharField(max_length=80)
    source = models.CharField(max_length=120)
    codes = models.JSONField()
    defined_by = models.CharField(max_length=80)
    defined_at = models.DateTimeField()
    withdrawn_because = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(name__regex=r"^[a-z][a-z-]*$"), name="code_table_name_is_plain"
            ),
        ]
