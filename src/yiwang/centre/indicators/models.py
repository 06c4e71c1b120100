"""Counters per day, and which facts are already in them."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self

from django.db import models

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.rights import scope_filter

#: Who oversees bodies: leaders, and heads their own.
OVERSEERS: Final = (Role.LEADER, Role.HEAD)


class DailyCount(models.Model):
    """How often something happened on one day, in one place, for one item."""

    on = models.DateField()
    metric = models.CharField(max_length=10)
    division_code = models.CharField(max_length=12)
    item_code = models.CharField(max_length=120)
    value = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["on", "metric", "division_code", "item_code"],
                name="indicators_counted_once_a_day",
            )
        ]


class OverseenSet(models.QuerySet[Any]):
    """Figures of bodies, as those who oversee them may see them."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
            return self.none()
        return self.filter(scope_filter(actor, roles=OVERSEERS))


class BodyDay(models.Model):
    """What happened on one day in one body of one place: one narrow row."""

    on = models.DateField()
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    received = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)
    in_time = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    extended = models.PositiveIntegerField(default=0)

    objects = OverseenSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["on", "division_code", "department"], name="indicators_one_row_a_body_day"
            )
        ]


class BodyStock(models.Model):
    """How much one body has at hand now, how much of it is nearly late, how much late."""

    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    open = models.PositiveIntegerField(default=0)
    soon = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)

    objects = OverseenSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["division_code", "department"], name="indicators_one_stock_a_body"
            )
        ]


class OpenMatter(models.Model):
    """A case that is in the stock, and as what it is counted: so that it leaves as it came."""

    subject = models.CharField(max_length=120, primary_key=True)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    soon = models.BooleanField(default=False)
    late = models.BooleanField(default=False)

    objects = OverseenSet.as_manager()


class SparedDay(models.Model):
    """少跑的腿: papers nobody was asked for on one day, by item, body and who supplied them."""

    on = models.DateField()
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    item_code = models.CharField(max_length=120)
    source = models.CharField(max_length=80)
    papers = models.PositiveIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)

    objects = OverseenSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["on", "division_code", "department", "item_code", "source"],
                name="indicators_spared_once_a_day",
            )
        ]


class SparedPaper(models.Model):
    """One paper of one case that is counted: once, whichever fact told of it first."""

    subject = models.CharField(max_length=120)
    material = models.CharField(max_length=40)
    source = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "material"], name="indicators_a_paper_once")
        ]


class CountedFact(models.Model):
    """A journal position that is already counted: hearing it again changes nothing."""

    position = models.BigIntegerField(primary_key=True)
