"""Who calls, what this node answers, and which way a source is asked. The fast path reads views over them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.foundation.exchange.definitions import (
    MOST_REPLY_BYTES,
    SYSTEM_READERS,
    Algorithm,
    Method,
    ServiceKind,
    State,
)
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
    #: As the catalogue grades and masks them: {name: [grade, rule]}.
    grades = models.JSONField(default=dict, db_default={})
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
                & Q(reply_bytes__gte=1, reply_bytes__lte=MOST_REPLY_BYTES),
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
