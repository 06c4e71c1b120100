"""Data elements a province agreed on beside the shipped ones."""

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

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"),
                name="element_code_is_dotted",
            ),
        ]
