"""Services, calling systems, receipts. The fast path reads two views over them and adds receipts."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yiwang.foundation.exchange.definitions import (
    RECEIPT_READERS,
    SYSTEM_READERS,
    Algorithm,
    CallStatus,
    Method,
    ServiceKind,
    Side,
    State,
)
from yiwang.foundation.exchange.topics import models as topics  # noqa: F401 tables of this app
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.references import new_key, reference
from yiwang.mechanisms.crypto.fields import EncryptedText


class SystemSet(models.QuerySet["System"]):
    def visible_to(self, actor: Actor) -> Self:
        """Operators and machines all of them; data officers and heads those of their departments."""
        if actor.kind is ActorKind.MACHINE or actor.has_role(Role.OPERATOR):
            return self
        own = {g.department for g in actor.grants if g.role in SYSTEM_READERS and g.department}
        return self.filter(department__in=own)


class System(models.Model):
    """调用系统: an application of a department that calls services."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    code = models.CharField(max_length=73, unique=True)  # "<node>/<name>"
    node = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    department = models.CharField(max_length=18, blank=True)
    per_second = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default=State.ACTIVE)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    objects = SystemSet.as_manager()

    class Meta:
        db_table = "exchange_system"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="exchange_system_state_known", condition=Q(state__in=list(State))
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("exchange-system", self.key)


class SystemKey(models.Model):
    """A key a system proves itself with: a shared secret, or the public half of its own."""

    key_id = models.CharField(max_length=40, unique=True)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="keys")
    algorithm = models.CharField(max_length=12, default=Algorithm.HMAC)
    secret = EncryptedText(purpose="exchange.system_key", blank=True)
    point = models.CharField(max_length=130, blank=True)
    issued_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_system_key"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="exchange_key_has_what_it_needs",
                condition=Q(algorithm=Algorithm.HMAC, point="")
                | (Q(algorithm=Algorithm.SM2) & ~Q(point="")),
            )
        ]

    def __str__(self) -> str:
        return self.key_id


class Service(models.Model):
    """数据服务: what this node answers, and where the answer comes from."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    code = models.CharField(max_length=73, unique=True)  # "<node>/<name>"
    node = models.CharField(max_length=32)
    kind = models.CharField(max_length=8, default=ServiceKind.CALL)
    title = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    resource = models.CharField(max_length=80, blank=True)
    department = models.CharField(max_length=18, blank=True)
    upstream = models.CharField(max_length=500)
    method = models.CharField(max_length=4, default=Method.POST)
    limit_seconds = models.FloatField()
    per_partner = models.PositiveIntegerField()
    reply_bytes = models.PositiveIntegerField()
    private_ok = models.BooleanField(default=False)
    fields = models.JSONField()  # [{name, title, grade, mask}]
    parameters = models.JSONField(default=list)  # [{name, title, required}]
    subject_parameter = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, default=State.ACTIVE)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_service"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="exchange_service_state_known", condition=Q(state__in=list(State))
            ),
            models.CheckConstraint(
                name="exchange_service_limits",
                condition=Q(limit_seconds__gt=0, limit_seconds__lte=60)
                & Q(per_partner__gte=1, per_partner__lte=10_000)
                & Q(reply_bytes__gte=1, reply_bytes__lte=10_485_760),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("exchange-service", self.key)


class ConformanceReport(models.Model):
    """兼容性测试报告: what the kit found about one version of a service."""

    service = models.CharField(max_length=73)
    service_version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    passed = models.BooleanField()
    checks = models.JSONField()  # [[check, title, result, seen, remedy]]
    kit = models.CharField(max_length=20, blank=True)
    tried_at = models.DateTimeField()
    attached_at = models.DateTimeField()
    attached_by = models.CharField(max_length=80)

    class Meta:
        db_table = "exchange_conformance_report"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "digest"], name="exchange_report_once")
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.digest[:8]}"


class Route(models.Model):
    """线路: which field of which service answers a source of this platform, and what it is told."""

    provider = models.CharField(max_length=80, unique=True)
    service = models.CharField(max_length=73)
    field = models.CharField(max_length=60)
    parameters = models.JSONField()  # {name: "source:<provider>" | "asked:<name>" | "text:<words>"}
    about = models.CharField(max_length=60)  # the parameter with the number of whom it is about
    state = models.CharField(max_length=8, default=State.ACTIVE)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_route"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="exchange_route_state_known", condition=Q(state__in=list(State))
            )
        ]

    def __str__(self) -> str:
        return self.provider

    @property
    def reference(self) -> str:
        return reference("exchange-route", self.provider)


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
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.message}"


class Use(models.Model):
    """使用记录: how often a grant was used on one day, counted when its blocks are closed; each call once."""

    grant_key = models.CharField(max_length=16)
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    away = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "exchange_use"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grant_key", "day"], name="exchange_use_once")
        ]

    def __str__(self) -> str:
        return f"{self.grant_key} {self.day}"


class ServiceDay(models.Model):
    """服务日报: how one service did on one day, counted when its blocks are closed; each call once."""

    service = models.CharField(max_length=73)
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    away = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    milliseconds = models.PositiveBigIntegerField(default=0)
    slowest = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "exchange_service_day"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "service"], name="exchange_service_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.day}"


class AlertSet(models.QuerySet["Alert"]):
    def visible_to(self, actor: Actor) -> Self:
        """Operators, auditors and security administrators; machines."""
        if actor.kind is ActorKind.MACHINE or any(map(actor.has_role, RECEIPT_READERS)):
            return self
        return self.none()


class Alert(models.Model):
    """调用异常: an hour of one system and one service that was not as usual, until somebody says why."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    system = models.CharField(max_length=73)
    service = models.CharField(max_length=73)
    kind = models.CharField(max_length=12)  # of rules.oddities
    calls = models.PositiveIntegerField()
    usual_calls = models.FloatField()
    rows = models.PositiveBigIntegerField()
    mean_milliseconds = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    objects = AlertSet.as_manager()

    class Meta:
        db_table = "exchange_alert"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["system", "service", "kind"],
                condition=Q(answered_at__isnull=True),
                name="exchange_alert_open_once",
            ),
            models.CheckConstraint(
                name="exchange_alert_answered_in_words",
                condition=Q(answered_at__isnull=True) | (~Q(answered_by="") & ~Q(answer="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["answered_at", "-id"], name="exchange_alerts"),
            models.Index(fields=["system", "service", "kind", "-id"], name="exchange_alerts_alike"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("exchange-alert", self.key)


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


class Figure(models.Model):
    """One minute of one pair and service, counted when its blocks are closed."""

    minute = models.DateTimeField()
    side = models.CharField(max_length=8)
    from_node = models.CharField(max_length=32)
    system = models.CharField(max_length=73)
    to_node = models.CharField(max_length=32)
    service = models.CharField(max_length=73)
    calls = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    away = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    milliseconds = models.PositiveBigIntegerField(default=0)
    slowest = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "exchange_figure"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["minute", "side", "system", "service"], name="exchange_figure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.minute} {self.service}"
