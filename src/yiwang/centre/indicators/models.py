"""Counters per day, and which facts are already in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class DailyCount(models.Model):
    """How often something happened on one day, in one place, for one item."""

    on = models.DateField()
    metric = models.CharField(max_length=10)
    division_code = models.CharField(max_length=12)
    item_code = models.CharField(max_length=120)
    value = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["on", "metric", "division_code", "item_code"],
                name="indicators_counted_once_a_day",
            )
        ]


class CountedFact(models.Model):
    """A journal position that is already counted: hearing it again changes nothing."""

    position = models.BigIntegerField(primary_key=True)
