"""Tables of the catalogue of resources. Published versions are frozen by a trigger; a datum has one source."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from yiwang.foundation.resources.definitions import Opening, ResourceState, VersionState
from yiwang.foundation.resources.definitions.codes import (
    KEEPERS,
    ON_THE_WAY,
    OPEN_VERSIONS,
    READERS,
)
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter


def is_reader(actor: Actor) -> bool:
    """An official who works with data, or answers for those who do."""
    return actor.kind is ActorKind.OFFICIAL and any(actor.has_role(role) for role in READERS)


class ResourceSet(models.QuerySet["Resource"]):
    def visible_to(self, actor: Actor) -> Self:
        """Officials who work with data see what is published, and drafts of their own bodies; everybody else
        what is open to the public."""
        published = Q(state=ResourceState.PUBLISHED)
        if actor.kind is ActorKind.MACHINE:
            return self.all()
        if is_reader(actor):
            own = scope_filter(actor, roles=ON_THE_WAY)
            return self.filter(published | own)
        return self.filter(published & ~Q(opening=Opening.NONE), data_class="GENERAL")

    def kept_by(self, actor: Actor) -> Self:
        """Those whose body's data officer the actor is, or whose place's catalogue he keeps."""
        return self.filter(scope_filter(actor, roles=KEEPERS))


class Resource(models.Model):
    """数据资源. The columns repeat what lists filter by; ``content`` is the version in force, or the draft while
    none was published."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    department = models.CharField(max_length=18)  # USCC of the provider
    department_name = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    sharing = models.CharField(max_length=16)
    opening = models.CharField(max_length=16)
    data_class = models.CharField(max_length=12)
    grade = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, default=ResourceState.DRAFT)
    number = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    content = models.JSONField()
    pairs = ArrayField(models.CharField(max_length=2), default=list)
    published_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)
    basis_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    basis_doubt = models.CharField(max_length=8, blank=True, default="", db_default="")
    basis_doubt_on = models.DateField(null=True)

    objects = ResourceSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="resource_state_known", condition=Q(state__in=list(ResourceState))
            ),
            models.CheckConstraint(
                name="resource_published_has_a_version",
                condition=~Q(state=ResourceState.PUBLISHED)
                | Q(number__gt=0, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="resource_grade_one_to_four", condition=Q(grade__range=(1, 4))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "code"], name="resource_by_state"),
            models.Index(fields=["department", "code"], name="resource_by_provider"),
            models.Index(
                fields=["code"],
                name="resource_negative",
                condition=Q(state=ResourceState.PUBLISHED) & Q(sharing="NONE"),
            ),
            models.Index(fields=["code"], name="resource_to_look_at", condition=~Q(basis_doubt="")),
            GinIndex(fields=["pairs"], name="resource_by_words"),
            models.Index(fields=["kind", "code"], name="resource_by_kind"),
            models.Index(fields=["sharing", "code"], name="resource_by_sharing"),
            models.Index(
                fields=["code"],
                name="resource_open",
                condition=Q(state=ResourceState.PUBLISHED, data_class="GENERAL")
                & ~Q(opening=Opening.NONE),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("resource", self.key)


class ResourceVersionSet(models.QuerySet["ResourceVersion"]):
    def visible_to(self, actor: Actor) -> Self:
        """The body that wrote it and who keeps the catalogue of the place; what is published, every reader."""
        if actor.kind is ActorKind.MACHINE:
            return self.all()
        own = scope_filter(
            actor,
            roles=ON_THE_WAY,
            division="resource__division_code",
            department="resource__department",
        )
        published = Q(state=VersionState.PUBLISHED) if is_reader(actor) else Q(pk__in=[])
        return self.filter(own | published)


class ResourceVersion(models.Model):
    """资源目录版本: what was written, by whom, how far it got."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=12, default=VersionState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    content = models.JSONField()
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField(null=True)
    assessment = models.CharField(max_length=500, blank=True)  # 保密风险、个人信息保护影响评估
    consented_by = models.CharField(max_length=80, blank=True)
    consented_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    remark = models.CharField(max_length=500, blank=True)
    run = models.CharField(max_length=16, blank=True)  # the import that brought it

    objects = ResourceVersionSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resource"],
                condition=Q(state__in=list(OPEN_VERSIONS)),
                name="resource_one_open_version",
            ),
            models.UniqueConstraint(
                fields=["resource", "number"], name="resource_version_number_once"
            ),
            models.CheckConstraint(
                name="resource_version_state_known", condition=Q(state__in=list(VersionState))
            ),
            models.CheckConstraint(
                name="resource_version_published_by_another",
                condition=~Q(state=VersionState.PUBLISHED)
                | (Q(number__isnull=False) & ~Q(published_by=models.F("submitted_by"))),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on", "id"], name="resource_version_waiting"),
            models.Index(fields=["run"], name="resource_version_of_run", condition=~Q(run="")),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("resource-version", self.key)


class ResourceItem(models.Model):
    """信息项 of the version in force. Of all items of one element one is the source, never two."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    length = models.PositiveIntegerField()
    element = models.CharField(max_length=60, blank=True)
    grade = models.PositiveSmallIntegerField()
    mask = models.CharField(max_length=12)
    authoritative = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "name"], name="resource_item_once"),
            models.UniqueConstraint(
                fields=["element"],
                condition=Q(authoritative=True),
                name="one_source_per_element",
            ),
            models.CheckConstraint(
                name="resource_source_names_its_element",
                condition=Q(authoritative=False) | ~Q(element=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["element", "resource"],
                name="resource_item_by_element",
                condition=~Q(element=""),
            )
        ]


class ResourceImport(models.Model):
    """资源目录导入: one file taken over as drafts; an undone one stays on record."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    file_name = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    written = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    undone_at = models.DateTimeField(null=True)
