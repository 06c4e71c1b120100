"""Conversations about cases, and the messages in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.capability.conversations.definitions import Side, Turn
from yiwang.kernel.actor import CASE_STAFF, Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, actor: Actor) -> ConversationQuerySet:
        """The applicant's own, and the body's that handles the case; nobody who is only asked."""
        return self.filter(scope_filter(actor, roles=CASE_STAFF, item="item_code"))


class Conversation(models.Model):
    """留言: one per case. ``count`` numbers the messages; each side knows how far it has read."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    case = models.CharField(max_length=64, unique=True)
    case_no = models.CharField(max_length=32)
    item_name = models.CharField(max_length=300)
    item_code = models.CharField(max_length=120, default="", db_default="")  # what mandates ask for
    applicant = models.CharField(max_length=80)
    applicant_masked = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    turn = models.CharField(max_length=10)
    count = models.PositiveIntegerField(default=0)
    in_a_row = models.PositiveSmallIntegerField(default=0)
    last_side = models.CharField(max_length=10, blank=True)
    applicant_read = models.PositiveIntegerField(default=0)
    office_read = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    objects = ConversationQuerySet.as_manager()

    class Meta:
        db_table = "conversations_conversation"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(turn__in=list(Turn)), name="conversations_known_turn"
            ),
            models.CheckConstraint(
                condition=Q(applicant_read__lte=models.F("count"))
                & Q(office_read__lte=models.F("count")),
                name="conversations_read_what_is_there",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["department", "id"],
                name="conversations_waiting",
                condition=Q(turn=Turn.OFFICE),
            ),
            models.Index(fields=["applicant", "-id"], name="conversations_of_applicant"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("conversation", self.key)


class Remark(models.Model):
    """One message; rows are only added. The words are encrypted, the journal never has them."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="remarks")
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=10)
    author = models.CharField(max_length=80)
    text = EncryptedText(purpose="conversations.text")
    asks = models.BooleanField(default=False)
    idempotency_key = models.CharField(max_length=64)
    body_digest = models.CharField(max_length=64)
    said_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Remark]]

    class Meta:
        db_table = "conversations_remark"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "number"], name="conversations_remarks_in_order"
            ),
            models.UniqueConstraint(
                fields=["conversation", "author", "idempotency_key"],
                name="conversations_once_per_key",
            ),
            models.CheckConstraint(
                condition=Q(side__in=list(Side)), name="conversations_known_side"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}:{self.number}"

    @property
    def reference(self) -> str:
        return reference("remark", self.key)
