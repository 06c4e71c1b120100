"""Reviews, and the follow-ups of bad ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.capability.reviews.definitions import LEVELS, RectificationState
from yiwang.kernel.actor import CASE_STAFF, Actor
from yiwang.kernel.references import new_key
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, actor: Actor) -> ReviewQuerySet:
        """Authors see their own, officials those about their division and department.

        Who acts by a mandate sees none: what somebody thought of us is nobody else's.
        """
        if actor.mandate is not None:
            return self.none()
        return self.filter(scope_filter(actor, roles=CASE_STAFF, owner="reviewer"))


class Review(models.Model):
    """评价: one per handling. ``reviewer`` decides whose it is and is never shown to staff."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    case = models.CharField(max_length=64)
    handling = models.CharField(max_length=64, unique=True)
    reviewer = models.CharField(max_length=64)
    item_code = models.CharField(max_length=64)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    level = models.PositiveSmallIntegerField()
    tags = models.JSONField(default=list)
    text = EncryptedText(purpose="reviews.text", blank=True)
    channel = models.CharField(max_length=8)
    counted = models.BooleanField(default=True)
    given_at = models.DateTimeField()

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="reviews_level_known", condition=Q(level__in=list(LEVELS)))
        ]
        indexes: ClassVar = [
            models.Index(fields=["case"]),
            models.Index(fields=["division_code", "-id"]),
            models.Index(fields=["department", "-id"], name="reviews_of_body"),
            models.Index(fields=["reviewer", "-id"], name="reviews_of_author"),
        ]

    def __str__(self) -> str:
        return f"review:{self.key}"


class RectificationQuerySet(models.QuerySet["RectificationOrder"]):
    def visible_to(self, actor: Actor) -> RectificationQuerySet:
        """Authors see the follow-up of their own review, officials those of their body."""
        if actor.mandate is not None:
            return self.none()
        return self.filter(
            scope_filter(
                actor,
                roles=CASE_STAFF,
                owner="review__reviewer",
                division="review__division_code",
                department="review__department",
            )
        )


class RectificationOrder(models.Model):
    """差评整改: contact within a day, answer within five or fifteen, then a second review."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="rectification")
    state = models.CharField(max_length=16, default=RectificationState.OPEN)
    complex = models.BooleanField(default=False)
    answer = models.CharField(max_length=16, blank=True)
    answer_text = EncryptedText(purpose="reviews.answer", blank=True)
    second_level = models.PositiveSmallIntegerField(null=True)
    in_time = models.BooleanField(null=True)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="reviews_order_state_known",
                condition=Q(state__in=[s.value for s in RectificationState]),
            ),
            models.CheckConstraint(
                name="reviews_answered_has_answer",
                condition=~Q(state__in=[RectificationState.ANSWERED, RectificationState.CLOSED])
                | ~Q(answer=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "id"])]

    def __str__(self) -> str:
        return f"rectification:{self.key}"


class RectificationAct(models.Model):
    """One step of a follow-up; rows are only added. Notes are encrypted, they may name people."""

    order = models.ForeignKey(RectificationOrder, on_delete=models.PROTECT, related_name="acts")
    act = models.CharField(max_length=16)
    note = EncryptedText(purpose="reviews.act", blank=True)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[RectificationAct]]

    def __str__(self) -> str:
        return self.act
