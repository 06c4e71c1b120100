"""Enquiries about looks. What people wrote is encrypted, the journal never has it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedText
from yiwang.support.enquiries.definitions import ANSWERERS, EnquiryKind, EnquiryState


class EnquirySet(models.QuerySet["Enquiry"]):
    def visible_to(self, actor: Actor) -> EnquirySet:
        """The asker's own, and those to the bodies an officer answers for; nobody by a mandate."""
        return self.filter(scope_filter(actor, roles=ANSWERERS, owner="owner"))


class Enquiry(models.Model):
    """询问或异议: about one look, once for each look and person."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    owner = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    look = models.CharField(max_length=40)
    looked_at = models.DateTimeField()
    looker = models.CharField(max_length=80, blank=True)
    who = models.CharField(max_length=160)
    what = models.CharField(max_length=400)
    purpose = models.CharField(max_length=200, blank=True)
    case_no = models.CharField(max_length=80, blank=True)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18, blank=True)
    department_name = models.CharField(max_length=120)
    words = EncryptedText(purpose="enquiries.words")
    state = models.CharField(max_length=8, default=EnquiryState.OPEN)
    asked_at = models.DateTimeField()
    finding = models.CharField(max_length=12, blank=True)
    answer = EncryptedText(purpose="enquiries.answer", default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)

    objects = EnquirySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "look"], name="enquiries_once_a_look"),
            models.CheckConstraint(
                condition=Q(kind__in=list(EnquiryKind)), name="enquiries_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(state=EnquiryState.OPEN, answered_at=None)
                | Q(state=EnquiryState.ANSWERED, answered_at__isnull=False),
                name="enquiries_answered_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["department", "id"],
                name="enquiries_waiting",
                condition=Q(state=EnquiryState.OPEN),
            ),
            models.Index(fields=["owner", "-id"], name="enquiries_of_owner"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("enquiry", self.key)
