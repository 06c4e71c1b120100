"""Sources and published queries. The query process reads one view over them and counts volumes."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.foundation.datasources.definitions import OFFICERS, DropState, SourceKind, State
from yiwang.foundation.datasources.opening import ADDRESS_PURPOSE
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


class SourceSet(models.QuerySet["SourceRecord"]):
    def visible_to(self, actor: Actor) -> Self:
        """A department's own officers see its sources."""
        return self.filter(scope_filter(actor, roles=OFFICERS, owner="made_by"))


class SourceRecord(models.Model):
    """数据源: where a department's data lie. Its address is closed: it may hold a password."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    address = EncryptedText(purpose=ADDRESS_PURPOSE, default="")
    file_key = models.CharField(max_length=16, blank=True, default="")
    resource = models.CharField(max_length=40, blank=True, default="", db_default="")
    tables = models.JSONField()  # [{"name", "columns": [[name, type], …]}]
    as_of = models.DateTimeField(null=True)  # of what was uploaded; NULL: as of the asking
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = SourceSet.as_manager()

    class Meta:
        db_table = "datasources_source"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=list(SourceKind)), name="datasources_known_kind"
            ),
            models.UniqueConstraint(
                fields=["resource", "department"],
                condition=~Q(resource=""),
                name="datasources_one_source_of_a_resource",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "-id"], name="datasources_of_department")
        ]

    @property
    def reference(self) -> str:
        return reference("source", self.key)


class QuerySet(models.QuerySet["QueryRecord"]):
    def visible_to(self, actor: Actor) -> Self:
        """As its source."""
        return self.filter(scope_filter(actor, roles=OFFICERS, owner="made_by"))


class QueryRecord(models.Model):
    """查询服务: what may be asked of a source. Its versions are rows of their own and never change."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    name = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    source = models.ForeignKey(SourceRecord, models.PROTECT, related_name="queries")
    state = models.CharField(max_length=10, default=State.DRAFT)
    published_version = models.PositiveIntegerField(null=True)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = QuerySet.as_manager()

    class Meta:
        db_table = "datasources_query"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=list(State)), name="datasources_query_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | Q(published_version__isnull=False),
                name="datasources_published_has_a_version",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "-id"], name="datasources_queries_of")
        ]

    @property
    def reference(self) -> str:
        return reference("query", self.key)


class VersionRecord(models.Model):
    """One version of a published query: what it says, who proposed it, who agreed."""

    query = models.ForeignKey(QueryRecord, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.JSONField()
    analyst = models.BooleanField()
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "datasources_version"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["query", "number"], name="datasources_one_version_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(analyst=False)
                | Q(approved_by="")
                | ~Q(approved_by=models.F("proposed_by")),
                name="datasources_analysts_need_two",
            ),
        ]


class VolumeRecord(models.Model):
    """How many keys a caller had verified on a day; written by the query process."""

    query = models.CharField(max_length=40)
    caller = models.CharField(max_length=120)
    day = models.DateField()
    keys = models.PositiveBigIntegerField()
    misses = models.PositiveBigIntegerField()

    class Meta:
        db_table = "datasources_volume"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["query", "caller", "day"], name="datasources_one_volume_a_day"
            )
        ]


class DropSet(models.QuerySet["DropRecord"]):
    def visible_to(self, actor: Actor) -> Self:
        """A department's own officers see what was sent for its resources."""
        return self.filter(scope_filter(actor, roles=OFFICERS, owner="made_by"))


class DropRecord(models.Model):
    """文件投递: a file for a resource, what was found wrong, what became of it."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    resource = models.CharField(max_length=40)
    filename = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    file_key = models.CharField(max_length=16)
    columns = models.JSONField()
    problems = models.JSONField()  # [place, sentence]: never a value
    state = models.CharField(max_length=8)
    source = models.ForeignKey(SourceRecord, models.PROTECT, null=True, related_name="drops")
    previous_file = models.CharField(max_length=16, blank=True)
    previous_as_of = models.DateTimeField(null=True)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = DropSet.as_manager()

    class Meta:
        db_table = "datasources_drop"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=list(DropState)), name="datasources_drop_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=DropState.TAKEN) | Q(source__isnull=False),
                name="datasources_taken_has_a_source",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "-id"], name="datasources_drops_of")
        ]

    @property
    def reference(self) -> str:
        return reference("drop", self.key)
