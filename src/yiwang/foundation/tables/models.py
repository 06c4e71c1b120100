"""Tables that are taken, and what their comparison found. How far a table is stands beside the rows
themselves, in the receiving database; here is what people look at."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.foundation.tables.definitions import (
    OFFICERS,
    OPERATORS,
    CopyState,
    Deletions,
    Difference,
    Phase,
)
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


class CopySet(models.QuerySet["TableCopy"]):
    def visible_to(self, actor: Actor) -> Self:
        """A department's own officers see what it takes; operators see every one."""
        if any(map(actor.has_role, OPERATORS)):
            return self
        return self.filter(scope_filter(actor, roles=OFFICERS, owner="made_by"))


class TableCopy(models.Model):
    """整表接收: which table is kept in step here. Its address is closed: it holds a password."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    service = models.CharField(max_length=73)
    purpose = models.CharField(max_length=200)
    item = models.CharField(max_length=80, blank=True)
    address = EncryptedText(purpose="tables.address")
    place = models.CharField(max_length=130)  # schema.table
    deletions = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=CopyState.RUNNING)
    phase = models.CharField(max_length=8, default=Phase.FULL)
    number = models.PositiveBigIntegerField(default=0)  # of the last part applied
    total = models.PositiveBigIntegerField(default=0)  # rows applied in all parts
    last_at = models.DateTimeField(null=True)
    reached = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    problem_at = models.DateTimeField(null=True)
    #: Under which the last sheet was signed.
    grant_key = models.CharField(max_length=16, blank=True, default="", db_default="")
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = CopySet.as_manager()

    class Meta:
        db_table = "tables_copy"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="tables_copy_known",
                condition=Q(state__in=list(CopyState))
                & Q(phase__in=list(Phase))
                & Q(deletions__in=list(Deletions)),
            ),
            models.UniqueConstraint(
                fields=["service", "department", "place"], name="tables_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("table-copy", self.key)


class TableFinding(models.Model):
    """对账差异: rows that differ though nothing is on its way. Where they are is closed: keys may be
    numbers of persons."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    copy = models.ForeignKey(TableCopy, models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=9)
    rows = models.PositiveIntegerField()
    stretch = EncryptedText(purpose="tables.stretch")  # JSON [after, upto]
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "tables_finding"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="tables_finding_known", condition=Q(kind__in=list(Difference))
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["copy"], name="tables_open_findings", condition=Q(closed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.key
