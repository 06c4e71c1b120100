"""Letters and the values frozen in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yiwang.kernel.references import new_key
from yiwang.mechanisms.crypto.fields import EncryptedJSON
from yiwang.support.letters.definitions import LetterKind, LetterState


class Letter(models.Model):
    """One letter: wording by code and version, its values encrypted, its PDF once made."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    verify_code = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    kind = models.CharField(max_length=32, choices=[(k.value, k.value) for k in LetterKind])
    subject = models.CharField(max_length=64)
    template = models.CharField(max_length=64)
    template_version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=64)
    number = models.CharField(max_length=64, blank=True)
    values = EncryptedJSON(purpose="letters.values")
    sealer = models.CharField(max_length=18, blank=True, default="", db_default="")  # USCC
    mark = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=16, default=LetterState.WAITING)
    missing = models.CharField(max_length=200, blank=True)
    pdf_file = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)  # the addressee's first look
    seal_wait = models.CharField(max_length=200, blank=True, default="", db_default="")
    seal_next_at = models.DateTimeField(null=True)  # waits for its seal; asked for again then
    receipt = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="served", db_index=False
    )

    objects: ClassVar[models.Manager[Letter]]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "id"]),
            models.Index(
                fields=["seal_next_at"],
                condition=models.Q(seal_next_at__isnull=False),
                name="letters_waiting_for_seal",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="letters_state_known",
                condition=models.Q(state__in=[s.value for s in LetterState]),
            ),
            models.CheckConstraint(
                name="letters_ready_has_pdf",
                condition=~models.Q(state=LetterState.READY) | ~models.Q(pdf_file=""),
            ),
        ]

    def __str__(self) -> str:
        return f"letter:{self.key}"
