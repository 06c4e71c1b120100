"""Cards."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.governance.supervision.definitions import CardState, Colour
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind, Role
from yiwang.kernel.references import new_key
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText

_READERS = (*CASE_STAFF, Role.LEADER)


class CardSet(models.QuerySet["Card"]):
    """Cards as officials may see them; applicants have the time account of their case."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
            return self.none()
        return self.filter(scope_filter(actor, roles=_READERS))


class Card(models.Model):
    """黄牌、红牌: one limit of one matter that is nearly over or over."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    colour = models.CharField(max_length=6)
    state = models.CharField(max_length=12, default=CardState.ISSUED)
    version = models.PositiveIntegerField(default=1)
    subject = models.CharField(max_length=120)  # the case
    matter = models.CharField(max_length=40)  # the clock, or what other limit it was
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    official = models.CharField(max_length=80, blank=True)
    due_on = models.DateField()
    issued_at = models.DateTimeField()
    basis = models.CharField(max_length=200, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)  # the matter has had its decision or end
    explanation = EncryptedText(purpose="supervision.explanation", null=True)
    explained_by = models.CharField(max_length=80, blank=True)
    explained_at = models.DateTimeField(null=True)
    cancel_reason = EncryptedText(purpose="supervision.cancel", null=True)
    cancel_asked_by = models.CharField(max_length=80, blank=True)
    cancel_asked_as_head = models.BooleanField(default=False)
    cancelled_by = models.CharField(max_length=80, blank=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = CardSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "matter", "colour", "due_on", "department"],
                name="supervision_one_card_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(colour__in=list(Colour)), name="supervision_known_colour"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(CardState)), name="supervision_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=CardState.CANCELLED)
                | ~Q(cancelled_by="") & ~Q(cancelled_by=models.F("cancel_asked_by")),
                name="supervision_two_people_cancel",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "state", "-id"], name="supervision_of_body"),
            models.Index(
                fields=["division_code", "-id"],
                name="supervision_of_division",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(
                fields=["issued_at"],
                name="supervision_to_raise",
                condition=Q(state=CardState.ISSUED, colour=Colour.RED),
            ),
        ]

    def __str__(self) -> str:
        return f"card:{self.key}"

    @property
    def reference(self) -> str:
        return f"card:{self.key}"
