"""Tables of the catalogue. A version's content is frozen by a trigger; runs keep who, when, which file."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yiwang.kernel.references import new_key


class BasicCatalogEntry(models.Model):
    """基本目录: what is the same for every body that implements the item."""

    basic_code = models.CharField(max_length=12, null=True, unique=True)
    name = models.CharField(max_length=300)
    item_type = models.CharField(max_length=2)
    main_item = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "item_type", "main_item"],
                condition=Q(basic_code__isnull=True),
                name="catalogue_entry_named_once",
            )
        ]


class ItemImplementation(models.Model):
    """实施清单: one body's item. ``code`` is the pack folder's name or ``local:<local code>``."""

    code = models.CharField(max_length=120, unique=True)
    entry = models.ForeignKey(BasicCatalogEntry, on_delete=models.PROTECT)
    origin = models.CharField(max_length=8, choices=[("PACK", "应用包"), ("IMPORT", "导入")])
    local_code = models.CharField(max_length=120, blank=True)
    local_code_malformed = models.BooleanField(default=False)
    paused_reason = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["local_code"], condition=~Q(local_code=""), name="catalogue_local_code_once"
            )
        ]


class ImportRun(models.Model):
    """One import of a catalogue file that was applied; undone ones stay on record."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    file_name = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    counts = models.JSONField()
    undone_by = models.CharField(max_length=80, blank=True)
    undone_at = models.DateTimeField(null=True)


class ItemVersionQuerySet(models.QuerySet["ItemVersionRecord"]):
    def in_force(self, on: date) -> ItemVersionQuerySet:
        return self.filter(state="PUBLISHED", valid_from__lte=on).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=on)
        )


class ItemVersionRecord(models.Model):
    """事项版本: frozen content with the days it holds (``valid_until`` exclusive).

    The columns beside ``content`` repeat what lists filter by; they are as frozen as the content.
    """

    implementation = models.ForeignKey(
        ItemImplementation, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    content = models.JSONField()
    texts = models.JSONField(default=dict)  # language → words by path
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    item_type = models.CharField(max_length=2)
    department = models.CharField(max_length=18, blank=True)
    department_name = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    served = models.JSONField(default=list)
    handling_mode = models.CharField(max_length=24)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    state = models.CharField(
        max_length=10,
        default="PUBLISHED",
        choices=[("PUBLISHED", "已发布"), ("WITHDRAWN", "已停用")],
    )
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, null=True, related_name="versions")
    published_by = models.CharField(max_length=80)
    approved_by = models.CharField(max_length=80)
    published_at = models.DateTimeField()

    objects = ItemVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["implementation", "number"], name="catalogue_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["implementation"],
                condition=Q(valid_until__isnull=True, state="PUBLISHED"),
                name="catalogue_one_open_version",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="catalogue_validity_forward",
            ),
            models.CheckConstraint(
                condition=Q(run__isnull=False) | ~Q(published_by=F("approved_by")),
                name="catalogue_second_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["division_code", "id"], name="catalogue_by_division"),
            models.Index(fields=["department_name", "id"], name="catalogue_by_department"),
        ]


class HandlingItemRecord(models.Model):
    """业务办理项 of one version."""

    version = models.ForeignKey(
        ItemVersionRecord, on_delete=models.CASCADE, related_name="handling_items"
    )
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    handling_code = models.CharField(max_length=33, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "key"], name="catalogue_handling_key_once")
        ]


class ImportRow(models.Model):
    """What became of one line of the file."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    code = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(
        max_length=10,
        choices=[
            ("ACCEPTED", "新增"),
            ("CHANGED", "变更"),
            ("UNCHANGED", "未变"),
            ("REFUSED", "拒绝"),
        ],
    )
    reason = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)
    new_version = models.ForeignKey(ItemVersionRecord, on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "line"], name="catalogue_line_once")
        ]
