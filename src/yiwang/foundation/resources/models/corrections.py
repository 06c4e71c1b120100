"""Tables of corrections of data and of the copies that follow. What was written lies encrypted."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.foundation.resources.definitions.codes import (
    KEEPERS,
    WRITERS,
)
from yiwang.foundation.resources.definitions.corrections import CorrectionState
from yiwang.foundation.resources.models.catalogue import Resource
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


class DataCorrectionSet(models.QuerySet["DataCorrection"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whom it is about; the source's data officer, the authority of the place, the body that reported it,
        and bodies that hold a copy."""
        if actor.kind is ActorKind.MACHINE:
            return self.all()
        own = scope_filter(actor, roles=KEEPERS)
        bodies = [g.department for g in actor.grants if g.role in WRITERS and g.department]
        if actor.kind is not ActorKind.OFFICIAL or not bodies:
            return self.filter(own)
        every = DataCorrection.objects.order_by()
        copies = CorrectionCopy.objects.filter(department__in=bodies).values("correction")
        found = (
            every.filter(own)
            .values("pk")
            .union(
                every.filter(from_department__in=bodies).exclude(from_department="").values("pk"),
                copies,
            )
        )  # three reads by index; one condition with OR would read them all
        return self.filter(pk__in=found)


class DataCorrection(models.Model):
    """数据纠错: of one datum about one person or firm. What was written lies encrypted."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    applicant = models.CharField(max_length=80)  # whom the datum is about
    element = models.CharField(max_length=60)
    label = models.CharField(max_length=80)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="corrections")
    department = models.CharField(max_length=18)  # of the source
    department_name = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    found_at = models.CharField(max_length=120, blank=True)
    asked_by = models.CharField(max_length=80)
    from_department = models.CharField(max_length=18, blank=True)
    from_department_name = models.CharField(max_length=120, blank=True)
    wrong = EncryptedText(purpose="resources.correction.wrong")
    right = EncryptedText(purpose="resources.correction.right", blank=True)
    answer = EncryptedText(purpose="resources.correction.answer", blank=True)
    state = models.CharField(max_length=12, default=CorrectionState.ASKED)
    version = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)

    objects = DataCorrectionSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["applicant", "element"],
                condition=Q(state=CorrectionState.ASKED),
                name="correction_open_once",
            ),
            models.CheckConstraint(
                name="correction_state_known", condition=Q(state__in=list(CorrectionState))
            ),
            models.CheckConstraint(
                name="correction_answered_has_a_time",
                condition=Q(state=CorrectionState.ASKED) | Q(answered_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["applicant", "-id"], name="corrections_of_applicant"),
            models.Index(fields=["department", "state", "-id"], name="corrections_of_source"),
            models.Index(fields=["state", "-id"], name="corrections_by_state"),
            models.Index(
                fields=["from_department", "-id"],
                name="corrections_reported_by",
                condition=~Q(from_department=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("data-correction", self.key)


class CorrectionCopySet(models.QuerySet["CorrectionCopy"]):
    def visible_to(self, actor: Actor) -> Self:
        """The body that holds the copy, and the authority of its place."""
        return self.filter(scope_filter(actor, roles=KEEPERS))


class CorrectionCopy(models.Model):
    """回流: one copy of a corrected datum, until its body has taken it over."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    correction = models.ForeignKey(DataCorrection, models.CASCADE, related_name="copies")
    resource = models.ForeignKey(Resource, models.PROTECT)
    department = models.CharField(max_length=18)
    division_code = models.CharField(max_length=12)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=80, blank=True)

    objects = CorrectionCopySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["correction", "resource"], name="correction_copy_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["department", "id"],
                name="correction_copies_waiting",
                condition=Q(taken_at__isnull=True),
            )
        ]
