"""Visits, who signed their record, and the photographs taken there."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from yiwang.capability.visits.definitions import (
    FEWEST_OFFICERS,
    OFFICERS,
    OPEN_STATES,
    Result,
    VisitState,
)
from yiwang.kernel.actor import CASE_STAFF, Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedJSON, EncryptedText


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, actor: Actor) -> VisitQuerySet:
        """The applicant's own; officials those of their body and place."""
        return self.filter(scope_filter(actor, roles=CASE_STAFF, item="item_code"))

    def in_charge_of(self, actor: Actor) -> VisitQuerySet:
        """Those this official's body plans and records."""
        return self.filter(scope_filter(actor, roles=OFFICERS))


class Visit(models.Model):
    """现场核查: one per round of one case. The checklist is the flow's, frozen with the visit."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    case = models.CharField(max_length=64)
    number = models.PositiveSmallIntegerField()
    case_no = models.CharField(max_length=32)
    item_name = models.CharField(max_length=300)
    item_code = models.CharField(max_length=120, default="", db_default="")  # what mandates ask for
    applicant = models.CharField(max_length=80)
    applicant_masked = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, blank=True)
    checklist = models.JSONField()
    within = models.JSONField()
    basis = models.CharField(max_length=200, blank=True)
    local = models.BooleanField(default=False)
    may_skip = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default=VisitState.WANTED)
    officers = ArrayField(models.CharField(max_length=80), default=list)
    planned_at = models.DateTimeField(null=True)
    place = EncryptedText(purpose="visits.place", blank=True)
    record = EncryptedJSON(purpose="visits.record", null=True)
    result = models.CharField(max_length=20, blank=True)
    skipped_because = EncryptedText(purpose="visits.skipped", blank=True)
    version = models.PositiveIntegerField(default=1)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        db_table = "visits_visit"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="visits_in_order"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=OPEN_STATES), name="visits_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(VisitState)), name="visits_known_state"
            ),
            models.CheckConstraint(
                condition=Q(result__in=["", *Result]), name="visits_known_result"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[VisitState.PLANNED, VisitState.SIGNED, VisitState.DONE])
                | Q(officers__len__gte=FEWEST_OFFICERS)
                & ~Q(officers__0=models.F("officers__1"))
                & Q(planned_at__isnull=False),
                name="visits_two_officers",
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.DONE)
                | ~Q(result="") & Q(done_at__isnull=False) & Q(record__isnull=False),
                name="visits_done_says_what",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["department", "id"],
                name="visits_open_of_department",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(fields=["department", "-id"], name="visits_of_department"),
            GinIndex(
                fields=["officers"], name="visits_of_officer", condition=Q(state__in=OPEN_STATES)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("visit", self.key)


class VisitSignature(models.Model):
    """签字确认: one officer stands for one record, named by its digest. Another record needs another."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="signatures")
    official = models.CharField(max_length=80)
    record_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    objects: ClassVar[models.Manager[VisitSignature]]

    class Meta:
        db_table = "visits_signature"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["visit", "official", "record_digest"], name="visits_signed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}:{self.official}"


class VisitPhotograph(models.Model):
    """现场照片: a file, the point it shows, when and where it was taken."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photographs")
    number = models.PositiveSmallIntegerField()
    file_key = models.CharField(max_length=16)
    point = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField()
    position = EncryptedJSON(purpose="visits.position", null=True)
    added_by = models.CharField(max_length=80)

    objects: ClassVar[models.Manager[VisitPhotograph]]

    class Meta:
        db_table = "visits_photograph"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "number"], name="visits_photographs_in_order"),
            models.UniqueConstraint(fields=["file_key"], name="visits_photograph_once"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}:{self.number}"
