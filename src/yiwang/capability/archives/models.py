"""Packages, their tests and holds, the lists they are on, the table of periods; who may see them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from yiwang.capability.archives.definitions import (
    KEEPERS,
    KEPT,
    UNFINISHED,
    BatchKind,
    BatchState,
    HoldGround,
    Occasion,
    PackageState,
)
from yiwang.capability.archives.definitions.retention import Period
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


def _scope(actor: Actor) -> Q:
    """The archives of an official's body and place; no citizen owns one."""
    if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
        return Q(pk__in=[])
    return scope_filter(actor, roles=KEEPERS)


class PackageSet(models.QuerySet["ArchivePackage"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(_scope(actor))


class BatchSet(models.QuerySet["ArchiveBatch"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(_scope(actor))


class ArchiveSeries(models.Model):
    """The last number given in one series; the row is locked while a number is taken."""

    series = models.CharField(max_length=60, primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "archives_series"


class RetentionVersion(models.Model):
    """保管期限表: one published version; frozen, newer ones stand beside it."""

    version = models.PositiveIntegerField(primary_key=True)
    valid_from = models.DateField()
    document = models.JSONField()
    approved_by = models.CharField(max_length=200)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    objects: ClassVar[models.Manager[RetentionVersion]]

    class Meta:
        db_table = "archives_retention"


class ArchivePackage(models.Model):
    """档案: one finished case, due, packed, handed over or gone. A case taken up anew gets a second part.

    ``position``: of the last fact heard about the case; hearing it again changes nothing.
    """

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    case = models.CharField(max_length=64)
    part = models.PositiveSmallIntegerField(default=1)
    case_no = models.CharField(max_length=32)
    item_code = models.CharField(max_length=120)
    item_name = models.CharField(max_length=300, blank=True, default="")
    applicant = models.CharField(max_length=80, blank=True)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=12, default=PackageState.DUE)
    version = models.PositiveIntegerField(default=1)
    position = models.BigIntegerField()
    ended_at = models.DateTimeField()
    due_on = models.DateField()
    problem = models.CharField(max_length=500, blank=True, default="")
    archive_no = models.CharField(max_length=60, blank=True, default="")
    period = models.CharField(max_length=12, blank=True, default="")
    retention_version = models.PositiveIntegerField(null=True)
    retained_until = models.DateField(null=True)
    file = models.CharField(max_length=16, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    size = models.BigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    sound = models.BooleanField(null=True)
    tested_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    objects = PackageSet.as_manager()

    class Meta:
        db_table = "archives_package"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "part"], name="archives_part_once"),
            models.UniqueConstraint(
                fields=["archive_no"], condition=~Q(archive_no=""), name="archives_number_once"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=list(UNFINISHED)),
                name="archives_one_unfinished",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(PackageState)), name="archives_known_state"
            ),
            models.CheckConstraint(
                condition=Q(period__in=["", *Period]), name="archives_known_period"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=list(KEPT))
                | (~Q(file="") & ~Q(digest="") & ~Q(archive_no="") & Q(archived_at__isnull=False)),
                name="archives_kept_has_file",
            ),
            models.CheckConstraint(
                condition=~Q(state=PackageState.DESTROYED) | (Q(file="") & Q(applicant="")),
                name="archives_destroyed_is_gone",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "state", "-id"], name="archives_of_department"),
            models.Index(
                fields=["division_code", "state", "id"],
                name="archives_of_division",
                opclasses=["varchar_pattern_ops", "varchar_ops", "int8_ops"],
            ),
            models.Index(
                fields=["due_on", "id"],
                name="archives_due",
                condition=Q(state=PackageState.DUE),
            ),
            models.Index(
                fields=["department", "retained_until", "id"],
                name="archives_expired",
                condition=Q(state=PackageState.ARCHIVED, retained_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("archive", self.key)


class PackageTest(models.Model):
    """One run of the four tests on one package."""

    package = models.ForeignKey(ArchivePackage, on_delete=models.PROTECT, related_name="tests")
    occasion = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    sound = models.BooleanField()
    checks = models.JSONField()

    objects: ClassVar[models.Manager[PackageTest]]

    class Meta:
        db_table = "archives_test"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(occasion__in=list(Occasion)), name="archives_known_occasion"
            ),
        ]


class ArchiveHold(models.Model):
    """封存: a review, a lawsuit or something else for which the package must stay."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    package = models.ForeignKey(ArchivePackage, on_delete=models.PROTECT, related_name="holds")
    ground = models.CharField(max_length=12)
    reason = EncryptedText(purpose="archives.hold")
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=80)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=80, blank=True)

    objects: ClassVar[models.Manager[ArchiveHold]]

    class Meta:
        db_table = "archives_hold"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["package", "ground"],
                condition=Q(lifted_at=None),
                name="archives_held_once",
            ),
            models.CheckConstraint(
                condition=Q(ground__in=list(HoldGround)), name="archives_known_ground"
            ),
        ]


class ArchiveBatch(models.Model):
    """移交清册 or 销毁清册: a numbered list that stays for ever."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    kind = models.CharField(max_length=12)
    batch_no = models.CharField(max_length=40, unique=True)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    state = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=500, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=80)
    begun_as = models.CharField(max_length=20)  # the post: a role
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settled_as = models.CharField(max_length=20, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    receiver = models.CharField(max_length=120, blank=True)
    receipt_no = models.CharField(max_length=80, blank=True)
    letter = models.CharField(max_length=16, blank=True)

    objects = BatchSet.as_manager()

    class Meta:
        db_table = "archives_batch"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=list(BatchKind)), name="archives_known_batch_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(BatchState)), name="archives_known_batch_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=BatchState.CONFIRMED)
                | (~Q(settled_by=F("begun_by")) & ~Q(settled_as=F("begun_as")) & ~Q(settled_by="")),
                name="archives_destroyed_by_two",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "kind", "-id"], name="archives_batches"),
            models.Index(
                fields=["division_code", "kind", "id"],
                name="archives_batches_division",
                opclasses=["varchar_pattern_ops", "varchar_ops", "int8_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("archive-batch", self.key)


class BatchEntry(models.Model):
    """One package on a list, in words that outlive it."""

    batch = models.ForeignKey(ArchiveBatch, on_delete=models.PROTECT, related_name="entries")
    package = models.ForeignKey(ArchivePackage, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    archive_no = models.CharField(max_length=60)
    title = models.CharField(max_length=400)
    period = models.CharField(max_length=12)
    files = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    problem = models.CharField(max_length=300, blank=True)

    objects: ClassVar[models.Manager[BatchEntry]]

    class Meta:
        db_table = "archives_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "package"], name="archives_listed_once"),
            models.UniqueConstraint(fields=["batch", "number"], name="archives_line_once"),
        ]
