"""Divisions, departments and posts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.kernel.references import KEY_LENGTH, new_key


class Division(models.Model):
    """行政区划. A code never changes its meaning: an ended one keeps its row and names a successor."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=80)
    full_name = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField()
    parent = models.CharField(max_length=12, null=True)
    pinyin = models.CharField(max_length=200)
    initials = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    successor = models.CharField(max_length=12, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)), name="division_level_is_one_to_five"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{12}$"), name="division_code_has_twelve_digits"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="division_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(level=1), name="division_has_a_parent"
            ),
        ]
        indexes = [models.Index(fields=["parent", "code"], name="division_children")]


class Department(models.Model):
    """部门: a government unit with a valid unified social credit code."""

    uscc = models.CharField(max_length=18, primary_key=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["division_code", "uscc"], name="department_by_division")]


class Post(models.Model):
    """岗位 in a department; ``holder`` is the reference of the official."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    department = models.ForeignKey(Department, models.PROTECT)
    name = models.CharField(max_length=80)
    holder = models.CharField(max_length=80, null=True)
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name", "holder"], name="one_holder_once_per_post"
            )
        ]
        indexes = [models.Index(fields=["holder"], name="post_by_holder")]


class OpeningHours(models.Model):
    """开放时间 of the halls of a place, by weekday (0 Monday)."""

    division_code = models.CharField(max_length=12)
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["division_code", "weekday", "opens"], name="hours_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens"), weekday__lte=6),
                name="hours_run_forwards",
            ),
        ]


class ClosedDay(models.Model):
    """临时不开放 of the halls of a place. Due dates follow the State Council's notice alone."""

    division_code = models.CharField(max_length=12)
    on = models.DateField()
    reason = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division_code", "on"], name="closed_day_once")
        ]


class LocalLook(models.Model):
    """The name beside the emblem and its colour, in one place."""

    division_code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=20, blank=True)
    colour = models.CharField(max_length=8)
    set_at = models.DateTimeField()
