"""Breaches on record. What was written about a person lies encrypted."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.kernel.actor import CASE_STAFF, Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedJSON, EncryptedText
from yiwang.support.credit.definitions import BreachState


class BreachSet(models.QuerySet["Breach"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whom it is about, and officials of the body that recorded it."""
        return self.filter(scope_filter(actor, roles=CASE_STAFF))


class Breach(models.Model):
    """失信记录: one commitment that was not kept; once per commitment."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    source = models.CharField(max_length=80, unique=True)  # "commitment:<key>"
    case = models.CharField(max_length=80)
    applicant = models.CharField(max_length=80)
    item_name = models.CharField(max_length=300)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    serious = models.BooleanField()
    words = EncryptedText(purpose="credit.words")
    state = models.CharField(max_length=12, default=BreachState.ON_RECORD)
    version = models.PositiveIntegerField(default=1)
    notes = EncryptedJSON(purpose="credit.notes", default=list)  # [{at, act, words}]
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    due_on = models.DateField(null=True)
    repaired_at = models.DateTimeField(null=True)

    objects = BreachSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="breaches_state_known", condition=Q(state__in=list(BreachState))
            ),
            models.CheckConstraint(
                name="breaches_repaired_has_a_day",
                condition=~Q(state=BreachState.REPAIRED) | Q(repaired_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["applicant"],
                name="breaches_open",
                condition=Q(serious=True) & ~Q(state=BreachState.REPAIRED),
            ),
            models.Index(fields=["applicant", "-id"], name="breaches_of_applicant"),
            models.Index(fields=["department", "state", "id"], name="breaches_of_department"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("breach", self.key)
