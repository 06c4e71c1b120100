"""Receipts and what is signed over them. Written by the fast path, archived by the clock."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yiwang.foundation.exchange.definitions import (
    RECEIPT_READERS,
    CallStatus,
    Side,
)
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key, reference


class ReceiptSet(models.QuerySet["Receipt"]):
    def visible_to(self, actor: Actor) -> Self:
        """Operators, auditors and security administrators; machines. Persons see their own calls
        by ``queries.list_calls_about``."""
        if actor.kind is ActorKind.MACHINE or any(map(actor.has_role, RECEIPT_READERS)):
            return self
        return self.none()


class Receipt(models.Model):
    """回执: one call as one side saw it. Only grows; written by the fast path alone."""

    id = models.BigAutoField(primary_key=True)
    message = models.CharField(max_length=32)
    side = models.CharField(max_length=8)
    at = models.DateTimeField()
    from_node = models.CharField(max_length=32)
    system = models.CharField(max_length=73)
    to_node = models.CharField(max_length=32)
    service = models.CharField(max_length=73)
    grant_key = models.CharField(max_length=16, blank=True)
    purpose = models.CharField(max_length=200)
    item = models.CharField(max_length=80, blank=True)
    case_no = models.CharField(max_length=80, blank=True)
    subject_index = models.CharField(max_length=64, blank=True)  # keyed, never clear
    fields = ArrayField(models.TextField(), default=list)
    rows = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10)
    refusal = models.CharField(max_length=60, blank=True)
    request_digest = models.CharField(max_length=64)
    reply_digest = models.CharField(max_length=64, blank=True)
    milliseconds = models.PositiveIntegerField()

    objects = ReceiptSet.as_manager()

    class Meta:
        db_table = "exchange_receipt"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["side", "message"], name="exchange_receipt_once"),
            models.CheckConstraint(
                name="exchange_receipt_known",
                condition=Q(side__in=list(Side)) & Q(status__in=list(CallStatus)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subject_index", "-id"],
                name="exchange_receipt_about",
                condition=~Q(subject_index=""),
            ),
            models.Index(fields=["service", "-id"], name="exchange_receipt_of_service"),
            models.Index(
                fields=["case_no", "-id"],
                name="exchange_receipt_of_case",
                condition=~Q(case_no=""),
            ),
            models.Index(
                fields=["grant_key", "-id"],
                name="exchange_receipt_of_grant",
                condition=~Q(grant_key=""),
            ),
            BrinIndex(fields=["at"], name="exchange_receipt_by_time"),
            models.Index(fields=["system", "-id"], name="exchange_receipt_of_system"),
            *(
                models.Index(
                    fields=[*of, "status", "-id"],
                    name=f"exchange_receipt_{name}",
                    condition=~Q(status=CallStatus.FOUND),
                )
                for name, of in (
                    ("not_found", ()),
                    ("no_service", ("service",)),
                    ("no_system", ("system",)),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.message}"


class ReceiptArchive(models.Model):
    """回执档案: the receipts of a run of blocks, older than they must be kept here, in one sealed file."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    first_block = models.BigIntegerField()
    last_block = models.BigIntegerField(unique=True)
    first_id = models.BigIntegerField(unique=True)
    last_id = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    file = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)  # of the file
    made_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_receipt_archive"

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("receipt-archive", self.key)


class Block(models.Model):
    """A second's receipts under one signed root. Only grows."""

    number = models.BigIntegerField(primary_key=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.CharField(max_length=260)

    class Meta:
        db_table = "exchange_block"

    def __str__(self) -> str:
        return str(self.number)


class Countersignature(models.Model):
    """会签: what a partner signs about the calls we had with him in one of our blocks."""

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="countersignatures")
    partner = models.CharField(max_length=32)
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    asked_at = models.DateTimeField(db_default=Now())
    signed_at = models.DateTimeField(null=True)
    signature = models.CharField(max_length=260, blank=True)
    mismatches = models.JSONField(default=list)  # [[message, "MISSING" | "DIFFERENT"]]

    class Meta:
        db_table = "exchange_countersignature"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["block", "partner"], name="exchange_countersigned_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["partner", "block"],
                name="exchange_to_be_countersigned",
                condition=Q(signed_at__isnull=True),
            ),
            models.Index(
                fields=["-block"],
                name="exchange_mismatched",
                condition=~Q(mismatches=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.block_id}"


class Sheet(models.Model):
    """对账单: a table on a day as this side counted it and as the other did, each signed by its node.
    The provider's is written by the fast path."""

    side = models.CharField(max_length=8)
    service = models.CharField(max_length=73)
    grant_key = models.CharField(max_length=16, blank=True)
    partner = models.CharField(max_length=32)
    day = models.DateField()
    rows = models.PositiveBigIntegerField()
    sum = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=260)
    their_rows = models.PositiveBigIntegerField()
    their_sum = models.CharField(max_length=64, blank=True)
    their_signature = models.CharField(max_length=260)
    at = models.DateTimeField()

    class Meta:
        db_table = "exchange_sheet"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["side", "service", "grant_key", "day"], name="exchange_sheet_once_a_day"
            ),
            models.CheckConstraint(name="exchange_sheet_side", condition=Q(side__in=list(Side))),
        ]
        indexes: ClassVar = [models.Index(fields=["-day", "-id"], name="exchange_sheets_newest")]

    def __str__(self) -> str:
        return f"{self.side} {self.service} {self.day}"

    @property
    def is_equal(self) -> bool:
        return (self.rows, self.sum) == (self.their_rows, self.their_sum)
