"""Signed undertakings, late materials, commitments. What officials wrote lies encrypted."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.capability.commitments.definitions import (
    CommitmentState,
    Finding,
    PaperKind,
    ToleranceState,
)
from yiwang.kernel.actor import CASE_STAFF, Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedJSON, EncryptedText


class UndertakingSet(models.QuerySet["Undertaking"]):
    def visible_to(self, actor: Actor) -> Self:
        """The signer's own; officials read the text through the late material or the commitment."""
        return self.filter(scope_filter(actor, roles=()))


class Undertaking(models.Model):
    """承诺书: one text, word for word as it was signed. First of a draft, then of its case."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    subject = models.CharField(max_length=80)  # "draft:<key>", then "case:<key>"
    kind = models.CharField(max_length=12)
    applicant = models.CharField(max_length=80)
    text_version = models.CharField(max_length=120)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    agreed = models.JSONField(default=list)  # keys of the sentences that were ticked
    signed_by = models.CharField(max_length=80)
    assurance_level = models.PositiveSmallIntegerField()
    signed_at = models.DateTimeField()

    objects = UndertakingSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "kind"], name="undertakings_one_of_a_kind"),
            models.CheckConstraint(
                name="undertakings_kind_known", condition=Q(kind__in=list(PaperKind))
            ),
        ]

    def __str__(self) -> str:
        return f"undertaking:{self.key}"


class ToleranceSet(models.QuerySet["Tolerance"]):
    def visible_to(self, actor: Actor) -> Self:
        """The applicant's own, and those of the officials' place and body."""
        return self.filter(scope_filter(actor, roles=CASE_STAFF, item="item_code"))


class Tolerance(models.Model):
    """容缺: one material of one case that comes later. ``state`` changes only by ``states.move``."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    case = models.CharField(max_length=80)
    material = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    applicant = models.CharField(max_length=80)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    item_code = models.CharField(max_length=120)
    item_version = models.PositiveIntegerField()
    withdraws = models.BooleanField()
    undertaking = models.ForeignKey(Undertaking, on_delete=models.PROTECT, related_name="late")
    state = models.CharField(max_length=12, default=ToleranceState.SIGNED)
    version = models.PositiveIntegerField(default=1)
    due_on = models.DateField(null=True)
    opened_at = models.DateTimeField(null=True)
    supplied_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # decided on with it, or looked at
    reason = EncryptedText(purpose="commitments.reason", blank=True)  # why it was sent back

    objects = ToleranceSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "material"], name="tolerances_once"),
            models.CheckConstraint(
                name="tolerances_state_known", condition=Q(state__in=list(ToleranceState))
            ),
            models.CheckConstraint(
                name="tolerances_open_has_a_day",
                condition=~Q(state=ToleranceState.OPEN) | Q(due_on__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["applicant", "due_on"],
                name="tolerances_waiting",
                condition=Q(state__in=[ToleranceState.OPEN, ToleranceState.LAPSED]),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("tolerance", self.key)


class CommitmentSet(models.QuerySet["Commitment"]):
    def visible_to(self, actor: Actor) -> Self:
        """The applicant's own, and those of the officials' place and body."""
        return self.filter(scope_filter(actor, roles=CASE_STAFF, item="item_code"))


class Commitment(models.Model):
    """告知承诺 of one case. ``due_on``: by when it must be looked into, then put right."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    case = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8)
    applicant = models.CharField(max_length=80)
    applicant_masked = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    item_code = models.CharField(max_length=120)
    item_version = models.PositiveIntegerField()
    item_name = models.CharField(max_length=300)
    undertaking = models.ForeignKey(Undertaking, on_delete=models.PROTECT, related_name="promises")
    state = models.CharField(max_length=12, default=CommitmentState.SIGNED)
    version = models.PositiveIntegerField(default=1)
    due_on = models.DateField(null=True)
    finding = models.CharField(max_length=16, blank=True)
    serious = models.BooleanField(default=False)
    took_effect_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    notes = EncryptedJSON(purpose="commitments.notes", default=list)  # [{at, act, words, by}]

    objects = CommitmentSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="commitments_state_known", condition=Q(state__in=list(CommitmentState))
            ),
            models.CheckConstraint(
                name="commitments_kind_known", condition=Q(kind__in=["PROOF", "PERMIT"])
            ),
            models.CheckConstraint(
                name="commitments_finding_known", condition=Q(finding__in=["", *Finding])
            ),
            models.CheckConstraint(
                name="commitments_due_while_running",
                condition=~Q(state__in=[CommitmentState.TO_CHECK, CommitmentState.TO_CORRECT])
                | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="commitments_closed_with_a_finding",
                condition=~Q(state__in=[CommitmentState.KEPT, CommitmentState.BROKEN])
                | ~Q(finding=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "state", "due_on", "id"], name="commitments_to_do"),
            models.Index(fields=["applicant", "-id"], name="commitments_of_applicant"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("commitment", self.key)
