"""Entries of the registers, and who may read them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.capability.registers.definitions import READERS, Became, Matter, RegisterKind
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


class RegisterEntrySet(models.QuerySet["RegisterEntry"]):
    def visible_to(self, actor: Actor) -> Self:
        """The person's own; officials those of their body and place."""
        return self.filter(scope_filter(actor, roles=READERS, item="item_code"))


class RegisterEntry(models.Model):
    """One refusal, one notice of correction, one extension: as it was, and what became of it.

    ``position``: of the fact in the journal; hearing it again writes nothing.
    """

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    position = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=12)
    matter = models.CharField(max_length=16)
    case = models.CharField(max_length=64)
    case_no = models.CharField(max_length=32)
    item_code = models.CharField(max_length=120)
    item_name = models.CharField(max_length=300)
    applicant = models.CharField(max_length=80)
    applicant_masked = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    happened_at = models.DateTimeField()
    letter = models.CharField(max_length=16, blank=True)
    document = models.CharField(max_length=64, blank=True)
    reason = EncryptedText(purpose="registers.reason", blank=True)
    items = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True)
    became = models.CharField(max_length=12)
    settled_at = models.DateTimeField(null=True)

    objects = RegisterEntrySet.as_manager()

    class Meta:
        db_table = "registers_entry"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=list(RegisterKind)), name="registers_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(matter__in=list(Matter)), name="registers_known_matter"
            ),
            models.CheckConstraint(
                condition=Q(became__in=list(Became)), name="registers_known_end"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "kind", "-id"], name="registers_of_department"),
            models.Index(
                fields=["division_code", "kind", "id"],
                name="registers_of_division",
                opclasses=["varchar_pattern_ops", "varchar_ops", "int8_ops"],
            ),
            models.Index(fields=["case", "kind"], name="registers_of_case"),
        ]

    def __str__(self) -> str:
        return f"register-entry:{self.key}"
