"""Table of what changed outside, and by when a catalogue has to follow."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.foundation.resources.definitions.changes import Cause, ChangeState, LongerState
from yiwang.foundation.resources.definitions.codes import (
    ON_THE_WAY,
)
from yiwang.foundation.resources.models.catalogue import Resource
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter


class CatalogueChangeSet(models.QuerySet["CatalogueChange"]):
    def visible_to(self, actor: Actor) -> Self:
        """The body whose catalogue has to follow, and the authority of its place."""
        if actor.kind is ActorKind.MACHINE:
            return self.all()
        return self.filter(scope_filter(actor, roles=ON_THE_WAY))


class CatalogueChange(models.Model):
    """目录变动: a law or a body's duties changed; its catalogue follows within ten working days."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    resource = models.ForeignKey(Resource, models.PROTECT, null=True, related_name="changes")
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    cause = models.CharField(max_length=4)
    basis = models.CharField(max_length=300)
    what = models.CharField(max_length=500)
    happened_on = models.DateField()
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=4, default=ChangeState.OPEN)
    version = models.PositiveIntegerField(default=1)
    longer = models.CharField(max_length=8, blank=True, default=LongerState.NO)
    longer_words = models.CharField(max_length=500, blank=True)
    longer_by = models.CharField(max_length=80, blank=True)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=80, blank=True)
    done_words = models.CharField(max_length=500, blank=True)

    objects = CatalogueChangeSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="catalogue_change_known",
                condition=Q(cause__in=list(Cause)) & Q(state__in=list(ChangeState)),
            ),
            models.CheckConstraint(
                name="catalogue_change_done_has_a_time",
                condition=Q(state=ChangeState.OPEN) | Q(done_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "state", "-id"], name="catalogue_changes_of_body"),
            models.Index(fields=["state", "-id"], name="catalogue_changes_by_state"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("catalogue-change", self.key)
