"""Tables the three lists and the census are read from: what items need, and counts the database keeps."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.kernel.references import new_key


class DataNeed(models.Model):
    """需求: one datum one published item asks of others; replaced when the item is published anew."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    item_code = models.CharField(max_length=120)
    item_name = models.CharField(max_length=300)
    department = models.CharField(max_length=18, blank=True)
    department_name = models.CharField(max_length=120)
    element = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=200)
    why = models.CharField(max_length=200)
    basis = models.CharField(max_length=200, blank=True)
    paper = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item_code", "element", "label"], name="data_need_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["element", "id"], name="data_need_by_element"),
        ]


class ResourceTally(models.Model):
    """目录计数: how many resources of a body are in which state and shared how. Kept by the database."""

    department = models.CharField(max_length=18)
    state = models.CharField(max_length=12)
    sharing = models.CharField(max_length=16)
    resources = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "state", "sharing"], name="resource_tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.state} {self.sharing}"


class ElementTally(models.Model):
    """数据元计数: how many published resources hold a datum, and how many are its source. Kept by the
    database; items without a data element are counted under ""."""

    element = models.CharField(max_length=60, unique=True)
    held = models.BigIntegerField()
    sources = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["element"],
                name="element_without_source",
                condition=Q(held__gt=0, sources__lte=0) & ~Q(element=""),
            )
        ]

    def __str__(self) -> str:
        return self.element
