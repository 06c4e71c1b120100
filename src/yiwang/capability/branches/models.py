"""Branches, and the opinions given on them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.capability.branches.definitions import BranchKind, BranchState, Opinion
from yiwang.capability.cases.definitions.jointly import OnRefusal
from yiwang.kernel.actor import CASE_STAFF, Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


class BranchQuerySet(models.QuerySet["Branch"]):
    def visible_to(self, actor: Actor) -> BranchQuerySet:
        """The asked body, the lead, and the applicant; each reads it with other eyes."""
        lead = scope_filter(actor, roles=CASE_STAFF, department="lead", item="item_code")
        return self.filter(_asked(actor) | lead)

    def asked_of(self, actor: Actor) -> BranchQuerySet:
        """What an official's own body is asked: its worklist. The machine's is everything."""
        return self.filter(_asked(actor))


def _asked(actor: Actor) -> Q:
    return scope_filter(
        actor,
        roles=CASE_STAFF,
        division="department_division",
        department="department",
        item="item_code",
    )


class Branch(models.Model):
    """并联、征求意见、专家评审: one body, one question, one limit, one opinion that counts."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    kind = models.CharField(max_length=12)
    case = models.CharField(max_length=64)
    plan = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=80)
    question = EncryptedText(purpose="branches.question", blank=True)
    case_no = models.CharField(max_length=32)
    item_name = models.CharField(max_length=300)
    item_code = models.CharField(max_length=120, default="", db_default="")  # what mandates ask for
    applicant = models.CharField(max_length=80)
    applicant_masked = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    lead = models.CharField(max_length=18)
    lead_name = models.CharField(max_length=120)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    department_division = models.CharField(max_length=12)
    roles = models.JSONField()
    materials = models.JSONField(null=True)
    basis = models.CharField(max_length=200, blank=True)
    local = models.BooleanField(default=False)
    on_refusal = models.CharField(max_length=12)
    state = models.CharField(max_length=8, default=BranchState.OPEN)
    opinion = models.CharField(max_length=24, blank=True)
    version = models.PositiveIntegerField(default=1)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_reason = EncryptedText(purpose="branches.closed", blank=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        db_table = "branches_branch"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "plan"], condition=~Q(plan=""), name="branches_one_per_plan"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(BranchKind)), name="branches_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(BranchState)), name="branches_known_state"
            ),
            models.CheckConstraint(
                condition=Q(opinion__in=["", *Opinion]), name="branches_known_opinion"
            ),
            models.CheckConstraint(
                condition=~Q(state=BranchState.ANSWERED)
                | ~Q(opinion="") & Q(answered_at__isnull=False),
                name="branches_answered_says_what",
            ),
            models.CheckConstraint(
                condition=Q(on_refusal=OnRefusal.LEAD_DECIDES)
                | Q(on_refusal=OnRefusal.ENDS, kind=BranchKind.BRANCH),
                name="branches_only_a_joint_body_ends",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "id"], name="branches_of_case"),
            models.Index(
                fields=["department", "id"],
                name="branches_waiting",
                condition=Q(state=BranchState.OPEN),
            ),
            models.Index(fields=["department", "-id"], name="branches_of_department"),
            models.Index(
                fields=["department_division", "id"],
                name="branches_of_place",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("branch", self.key)


class BranchOpinion(models.Model):
    """One opinion; rows are only added, the newest counts. Words may name people: encrypted."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="opinions")
    number = models.PositiveSmallIntegerField()
    opinion = models.CharField(max_length=24)
    reasons = EncryptedText(purpose="branches.reasons", blank=True)
    conditions = EncryptedText(purpose="branches.conditions", blank=True)
    basis = models.JSONField(default=list)
    given_by = models.CharField(max_length=80)
    given_at = models.DateTimeField()

    objects: ClassVar[models.Manager[BranchOpinion]]

    class Meta:
        db_table = "branches_opinion"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["branch", "number"], name="branches_opinions_in_order"),
            models.CheckConstraint(
                condition=Q(opinion__in=list(Opinion)), name="branches_opinion_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id}:{self.number}"
