"""Laws, their dated versions, their articles."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Law(models.Model):
    """One law by its title, whatever its versions."""

    title = models.CharField(max_length=300)
    short_title = models.CharField(max_length=300, unique=True)  # without 中华人民共和国

    class Meta:
        ordering: ClassVar = ["title"]


class LawVersionQuerySet(models.QuerySet["LawVersion"]):
    def in_force(self, on: date) -> LawVersionQuerySet:
        return self.filter(valid_from__lte=on).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=on)
        )


class LawVersion(models.Model):
    """One published text; ``valid_until`` (exclusive) is derived from the versions after it."""

    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="versions")
    source_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=40)
    author = models.CharField(max_length=200, blank=True)
    published = models.DateField()
    effective = models.DateField(null=True)  # as the source says; may be missing
    status = models.CharField(max_length=12)  # as the source says
    digest = models.CharField(max_length=64)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    validity_uncertain = models.BooleanField(default=False)

    objects = LawVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="laws_validity_forward",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["law", "valid_from"], name="laws_by_validity")]


class Article(models.Model):
    version = models.ForeignKey(LawVersion, on_delete=models.CASCADE, related_name="articles")
    number = models.CharField(max_length=24)  # 第十六条
    position = models.PositiveIntegerField()
    chapter = models.CharField(max_length=300, blank=True)
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "position"], name="laws_article_position")
        ]
        indexes: ClassVar = [models.Index(fields=["version", "number"], name="laws_by_number")]
