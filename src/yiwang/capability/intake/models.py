"""Published forms and drafts. Answers of every grade lie encrypted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from yiwang.kernel.actor import Actor, PowerAct
from yiwang.kernel.references import new_key
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedJSON


class PublishedForm(models.Model):
    """The form of one item version, frozen: a draft and a case keep the version they began with."""

    item_code = models.CharField(max_length=64)
    item_version = models.PositiveIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["item_code", "item_version"], name="one_form_per_item_version"
            ),
        )


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, actor: Actor) -> DraftQuerySet:
        """Only the applicant's own; officials see drafts never, only what is handed in."""
        mine = scope_filter(actor, roles=(), item="item_code", act=PowerAct.APPLY)
        return self.filter(mine)

    def open(self, at: datetime) -> DraftQuerySet:
        return self.filter(submitted_case="", discarded_at=None, expires_at__gt=at)


class Draft(models.Model):
    """One application being filled in; ``version`` grows with every change."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    applicant = models.CharField(max_length=80)
    started_by = models.CharField(max_length=80)
    item_code = models.CharField(max_length=64)
    item_version = models.PositiveIntegerField()
    form_instance = models.CharField(max_length=16, unique=True, default=new_key)
    questions = EncryptedJSON(default=dict)
    answers = EncryptedJSON(default=dict)
    changed_at = models.JSONField(default=dict)  # field → version in which it last changed
    prefilled = EncryptedJSON(default=dict)
    conflicts = EncryptedJSON(default=dict)
    looked_up = EncryptedJSON(null=True)  # what registers said about persons and firms named
    step = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True)
    submitted_case = models.CharField(max_length=80, blank=True, default="")

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["applicant", "-saved_at"], name="drafts_of_applicant"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(submitted_case=""),
                name="drafts_that_expire",
            ),
            models.Index(
                fields=["saved_at"],
                condition=~models.Q(submitted_case=""),
                name="drafts_handed_in",
            ),
        )

    def keep(self, *, version: int, at: datetime, expires_at: datetime, **values: Any) -> None:
        """Write the changed columns of this locked row and its new version."""
        for name, value in values.items():
            setattr(self, name, value)
        self.version, self.saved_at, self.expires_at = version, at, expires_at
        self.save(update_fields=[*values, "version", "saved_at", "expires_at"])


class Attachment(models.Model):
    """A stored file that belongs to one file question of a draft; no other key is believed."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="attachments")
    field = models.CharField(max_length=40)
    file_key = models.CharField(max_length=64, unique=True)
    filename = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=128)
    attached_at = models.DateTimeField()
