"""What went up and came down, and how talking to the platform above goes."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.foundation.upper.definitions import READERS, Kind, State
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter


class UpperSet(models.QuerySet["UpperItem"]):
    def visible_to(self, actor: Actor) -> Self:
        """An office what it sent; who watches over sharing and who runs the node all of their place."""
        return self.filter(scope_filter(actor, roles=READERS, owner="department"))


class UpperItem(models.Model):
    """上报事项: an entry, a request, or what becomes of one, on its way up; or a request from above.

    ``line``: what all these are about (one entry, one request); they go up in the order they were made.
    """

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    kind = models.CharField(max_length=8)
    subject = models.CharField(max_length=120)  # what it is about; once of a kind
    title = models.CharField(max_length=200)
    department = models.CharField(max_length=18, blank=True)
    division_code = models.CharField(max_length=12, blank=True, default="", db_default="")
    body = models.JSONField(default=dict)
    line = models.CharField(max_length=140, blank=True, default="", db_default="")  # kept in order
    state = models.CharField(max_length=8, default=State.WAITING)
    upper_no = models.CharField(max_length=64, blank=True)
    agreed = models.BooleanField(null=True)
    words = models.CharField(max_length=1000, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = UpperSet.as_manager()

    class Meta:
        db_table = "upper_item"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "subject"], name="upper_item_once"),
            models.CheckConstraint(
                name="upper_item_known",
                condition=Q(kind__in=list(Kind)) & Q(state__in=list(State)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"], name="upper_item_due", condition=Q(state=State.WAITING)
            ),
            models.Index(fields=["line", "id"], name="upper_item_in_line"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("upper-item", self.key)


class UpperContact(models.Model):
    """One row: how far their news were read, when they were last reached, what went wrong since."""

    mark = models.CharField(max_length=200, blank=True)
    reached_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField(null=True)

    class Meta:
        db_table = "upper_contact"

    def __str__(self) -> str:
        return str(self.reached_at)
