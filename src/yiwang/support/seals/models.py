"""Who may use whose seal, and every use of one."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.support.seals.definitions import KEEPERS


class SealSet(models.QuerySet["SealPermit"]):
    def visible_to(self, actor: Actor) -> Self:
        """The keepers of the list, those of their place and body."""
        return self.filter(scope_filter(actor, roles=KEEPERS, owner="body", department="body"))


class SealPermit(models.Model):
    """用印许可 at the host: this member may have documents sealed with this body's seal, until revoked."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    node = models.CharField(max_length=32)
    body = models.CharField(max_length=18)
    body_name = models.CharField(max_length=128)
    division_code = models.CharField(max_length=12)  # of the body
    permitted_at = models.DateTimeField()
    permitted_by = models.CharField(max_length=80)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = SealSet.as_manager()

    class Meta:
        db_table = "seals_permit"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["node", "body"], condition=Q(revoked_at=None), name="seals_permitted_once"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("permitted_at")),
                name="seals_revoked_after",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("seal-permit", self.key)


class UseSet(models.QuerySet["SealUse"]):
    def visible_to(self, actor: Actor) -> Self:
        """The keepers of the list, uses of the seals of their place and body."""
        return self.filter(scope_filter(actor, roles=KEEPERS, owner="body", department="body"))


class SealUse(models.Model):
    """用印记录: at the host what it sealed for a member, at the member what was sealed for it.

    ``statement``: the facts as the host signed them. Never changed.
    """

    no = models.CharField(max_length=16)
    made_here = models.BooleanField()
    node = models.CharField(max_length=32)  # whose document
    body = models.CharField(max_length=18)
    division_code = models.CharField(max_length=12, blank=True)
    digest = models.CharField(max_length=64)
    statement = models.TextField()
    signature = models.CharField(max_length=200)
    document = models.CharField(max_length=64, blank=True)  # at the member: its own reference
    message = models.CharField(max_length=64, blank=True)  # at the host: of the exchange's receipts
    case = models.CharField(max_length=64, blank=True)
    item = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()

    objects = UseSet.as_manager()

    class Meta:
        db_table = "seals_use"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["no", "made_here"], name="seals_no_once"),
            models.UniqueConstraint(
                fields=["node", "body", "digest", "made_here"], name="seals_digest_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["document"], name="seals_of_document")]

    def __str__(self) -> str:
        return reference("seal", self.no)

    @property
    def key(self) -> str:
        """The mark a list goes on after."""
        return self.no
