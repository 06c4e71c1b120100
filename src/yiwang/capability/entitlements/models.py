"""Grants, their periods and history, monthly lists and the bank's answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yiwang.capability.entitlements.definitions import EntitlementState, PaymentState, StopReason
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind, Role
from yiwang.kernel.references import new_key
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    def visible_to(self, actor: Actor) -> EntitlementQuerySet:
        """Persons see their own, officials those of their division and department."""
        roles = CASE_STAFF
        return self.filter(scope_filter(actor, roles=roles, owner="person"))


class Entitlement(models.Model):
    """待遇: one benefit granted to one person."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    case = models.CharField(max_length=64, unique=True)
    person = models.CharField(max_length=64)
    benefit = models.CharField(max_length=64)
    benefit_name = models.CharField(max_length=128)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    starts_on = models.DateField()
    state = models.CharField(max_length=16, default=EntitlementState.ACTIVE)
    account = EncryptedText(purpose="entitlements.account", blank=True)
    account_index = models.CharField(max_length=64, blank=True)
    account_name = EncryptedText(purpose="entitlements.account_name", blank=True)
    stops_on = models.DateField(null=True)
    stop_reason = models.CharField(max_length=16, blank=True)
    notice_letter = models.CharField(max_length=16, blank=True)
    object_by = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "benefit"],
                condition=~Q(state=EntitlementState.STOPPED),
                name="entitlements_one_living",
            ),
            models.CheckConstraint(
                name="entitlements_state_known",
                condition=Q(state__in=[s.value for s in EntitlementState]),
            ),
            models.CheckConstraint(
                name="entitlements_starts_with_month", condition=Q(starts_on__day=1)
            ),
            models.CheckConstraint(
                name="entitlements_stop_after_notice",
                condition=Q(state=EntitlementState.ACTIVE)
                | (~Q(notice_letter="") & Q(stops_on__isnull=False) & ~Q(stop_reason="")),
            ),
            models.CheckConstraint(
                name="entitlements_reason_known",
                condition=Q(stop_reason__in=["", *(r.value for r in StopReason)]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"]),
            models.Index(fields=["benefit", "department", "id"]),
            models.Index(fields=["department", "-id"]),
            models.Index(
                fields=["department", "object_by"],
                condition=Q(state=EntitlementState.NOTIFIED),
                name="entitlements_stop_announced",
            ),
        ]

    def __str__(self) -> str:
        return f"entitlement:{self.key}"


class EntitlementPeriod(models.Model):
    """Months in which a sum is due; a stop closes the open period, a resumption opens a new one."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="periods")
    first = models.DateField()
    until = models.DateField(null=True)
    monthly_fen = models.PositiveBigIntegerField()

    objects: ClassVar[models.Manager[EntitlementPeriod]]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="entitlements_sum_positive", condition=Q(monthly_fen__gt=0)
            ),
            models.CheckConstraint(
                name="entitlements_period_in_order",
                condition=Q(until__isnull=True) | Q(until__gte=F("first")),
            ),
            models.UniqueConstraint(
                fields=["entitlement"],
                condition=Q(until__isnull=True),
                name="entitlements_one_open_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first}–{self.until or ''}"


class EntitlementChange(models.Model):
    """One line of a grant's history; rows are only added."""

    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="changes")
    act = models.CharField(max_length=32)
    reason = models.CharField(max_length=500, blank=True)
    month = models.DateField(null=True)
    amount_fen = models.BigIntegerField(default=0)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[EntitlementChange]]

    def __str__(self) -> str:
        return self.act


class MonthlyListQuerySet(models.QuerySet["MonthlyList"]):
    def visible_to(self, actor: Actor) -> MonthlyListQuerySet:
        """Lists name many people: only officials who decide in that body, and machines."""
        if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
            return self.none()
        return self.filter(scope_filter(actor, roles=(Role.APPROVER,), owner="key"))


class MonthlyList(models.Model):
    """发放名册: what one body pays for one benefit in one month."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    benefit = models.CharField(max_length=64)
    benefit_name = models.CharField(max_length=128)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    month = models.DateField()
    closed_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    total_fen = models.PositiveBigIntegerField(default=0)

    objects = MonthlyListQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["benefit", "department", "division_code", "month"],
                name="entitlements_list_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.benefit} {self.month:%Y-%m}"


class MonthlyEntry(models.Model):
    """One month of one grant, listed once for ever; the account is the one of the closing day."""

    monthly_list = models.ForeignKey(MonthlyList, on_delete=models.PROTECT, related_name="entries")
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="entries")
    month = models.DateField()
    amount_fen = models.PositiveBigIntegerField()
    account = EncryptedText(purpose="entitlements.entry_account", blank=True)
    account_name = EncryptedText(purpose="entitlements.entry_name", blank=True)

    objects: ClassVar[models.Manager[MonthlyEntry]]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entitlement", "month"], name="entitlements_month_once")
        ]
        indexes: ClassVar = [models.Index(fields=["monthly_list", "id"])]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.amount_fen}"


class PaymentResult(models.Model):
    """What the bank said about one entry; the first answer stays, a failed one may be paid later."""

    entry = models.ForeignKey(MonthlyEntry, on_delete=models.PROTECT, related_name="results")
    state = models.CharField(
        max_length=8, choices=[(PaymentState.PAID, "PAID"), (PaymentState.FAILED, "FAILED")]
    )
    note = models.CharField(max_length=200, blank=True)
    source_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[PaymentResult]]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "state"], name="entitlements_result_once")
        ]

    def __str__(self) -> str:
        return self.state
