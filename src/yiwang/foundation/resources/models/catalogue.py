"""Tables of the catalogue of resources. Published versions are frozen by a trigger; a datum has one source."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from yiwang.foundation.resources.definitions import Opening, ResourceState, VersionState
from yiwang.foundation.resources.definitions.changes import Cause, ChangeState, LongerState
from yiwang.foundation.resources.definitions.codes import (
    KEEPERS,
    ON_THE_WAY,
    OPEN_VERSIONS,
    READERS,
    WRITERS,
)
from yiwang.foundation.resources.definitions.corrections import CorrectionState
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


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


class DataNeed(models.Model):
    """需求: one datum one published item asks of others; replaced when the item is published anew."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    item_code = models.CharField(max_length=120)
    item_name = models.CharField(max_length=300)
    department = models.CharField(max_length=18, blank=True)
    department_name = models.CharField(max_length=120)
    element = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=200)
    why = models.CharField(max_length=200)
    basis = models.CharField(max_length=200, blank=True)
    paper = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item_code", "element", "label"], name="data_need_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["element", "id"], name="data_need_by_element"),
        ]


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


class ResourceTally(models.Model):
    """目录计数: how many resources of a body are in which state and shared how. Kept by the database."""

    department = models.CharField(max_length=18)
    state = models.CharField(max_length=12)
    sharing = models.CharField(max_length=16)
    resources = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "state", "sharing"], name="resource_tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.state} {self.sharing}"


class ElementTally(models.Model):
    """数据元计数: how many published resources hold a datum, and how many are its source. Kept by the
    database; items without a data element are counted under ""."""

    element = models.CharField(max_length=60, unique=True)
    held = models.BigIntegerField()
    sources = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["element"],
                name="element_without_source",
                condition=Q(held__gt=0, sources__lte=0) & ~Q(element=""),
            )
        ]

    def __str__(self) -> str:
        return self.element
