"""What is counted when blocks are closed, and what was odd about it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from yiwang.foundation.exchange.definitions import (
    DEAD_LETTERS,
    RECEIPT_READERS,
)
from yiwang.foundation.exchange.topics.models import Subscription
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key, reference


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
        """Operators, auditors and security administrators; machines. Of dead letters the officers of the
        subscribing department, too."""
        if actor.kind is ActorKind.MACHINE or any(map(actor.has_role, RECEIPT_READERS)):
            return self
        theirs = Subscription.objects.visible_to(actor).filter(
            system=OuterRef("system"), topic=OuterRef("service")
        )
        return self.filter(Exists(theirs), kind=DEAD_LETTERS)


class Alert(models.Model):
    """调用异常: an hour of one system and one service that was not as usual, until somebody says why."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    system = models.CharField(max_length=73)
    service = models.CharField(max_length=73)
    kind = models.CharField(max_length=12)  # of rules.oddities, or DEAD
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


class _Counted(models.Model):
    """What is counted of one pair and service in a stretch of time."""

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
        abstract = True


class Figure(_Counted):
    """One minute of one pair and service, counted when its blocks are closed; kept for eight days."""

    minute = models.DateTimeField()

    class Meta:
        db_table = "exchange_figure"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["minute", "side", "system", "service"], name="exchange_figure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.minute} {self.service}"


class FigureHour(_Counted):
    """The same of one hour: a day or a week of traffic is the sum of few rows."""

    hour = models.DateTimeField()

    class Meta:
        db_table = "exchange_figure_hour"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hour", "side", "system", "service"], name="exchange_figure_hour_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hour} {self.service}"
