"""Data elements and code tables on their way into force. Published versions are frozen by a trigger."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.foundation.resources.definitions import VersionState
from yiwang.foundation.resources.definitions.codes import KEEPERS
from yiwang.foundation.resources.definitions.standards import (
    OPEN_STANDARDS,
    STANDARD,
    StandardKind,
)
from yiwang.foundation.resources.models.catalogue import is_reader
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter


class StandardVersionSet(models.QuerySet["StandardVersion"]):
    def visible_to(self, actor: Actor) -> Self:
        """The body that proposed it and the authority of its place; what is published, every reader."""
        if actor.kind is ActorKind.MACHINE:
            return self.all()
        if not is_reader(actor):
            return self.none()
        own = scope_filter(actor, roles=KEEPERS)
        return self.filter(own | Q(state=VersionState.PUBLISHED))


class StandardVersion(models.Model):
    """数据标准版本: one version of a data element or a code table, by whom, how far it got."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    kind = models.CharField(max_length=8)
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=80)
    number = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=12, default=VersionState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    content = models.JSONField()
    department = models.CharField(max_length=18, blank=True)  # "": the authority itself proposed it
    department_name = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=500, blank=True)
    run = models.CharField(max_length=16, blank=True)  # the import that brought it

    objects = StandardVersionSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                condition=Q(state__in=list(OPEN_STANDARDS)),
                name="standard_one_open_version",
            ),
            models.UniqueConstraint(
                fields=["kind", "code", "number"], name="standard_version_number_once"
            ),
            models.CheckConstraint(
                name="standard_version_known",
                condition=Q(state__in=list(STANDARD.labels)) & Q(kind__in=list(StandardKind)),
            ),
            models.CheckConstraint(
                name="standard_version_published_by_another",
                condition=~Q(state=VersionState.PUBLISHED)
                | (Q(number__isnull=False) & ~Q(published_by=models.F("submitted_by"))),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-id"], name="standard_version_by_state"),
            models.Index(fields=["run"], name="standard_version_of_run", condition=~Q(run="")),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("standard-version", self.key)
