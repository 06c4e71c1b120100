"""Supplied materials, first of a draft, then of its case. What a source said lies encrypted.

The vault is no table of its own: it is what the applicant uploaded with earlier cases and did not forget.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import models

from yiwang.capability.materials.definitions import Supply
from yiwang.kernel.actor import Actor
from yiwang.kernel.rights import scope_filter, within_mandate
from yiwang.mechanisms.crypto.fields import EncryptedJSON


class MaterialQuerySet(models.QuerySet["SuppliedMaterial"]):
    def visible_to(self, actor: Actor) -> MaterialQuerySet:
        """The applicant's own; officials, and who acts by a mandate, come through the case or draft."""
        return self.filter(scope_filter(replace(actor, mandate=None), roles=()))

    def kept_of(self, actor: Actor) -> MaterialQuerySet:
        """材料库: what somebody handed in and did not forget; a second use is not a second paper."""
        return self.filter(
            within_mandate(actor),
            applicant=actor.applicant,
            supply=Supply.UPLOADED,
            subject__startswith="case:",
            forgotten_at=None,
        )


class SuppliedMaterial(models.Model):
    """One material and how it came. The newest way replaces the older one of the same draft."""

    applicant = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)  # "draft:<key>", then "case:<key>"
    material = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    supply = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Supply])
    files = EncryptedJSON(default=list)  # names may tell who; [{key, filename, size, digest}]
    value = EncryptedJSON(null=True)
    provider = models.CharField(max_length=80, blank=True)
    source_label = models.CharField(max_length=80, blank=True)
    as_of = models.DateTimeField()
    reused_from = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=100, blank=True, default="", db_default="")
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=80, blank=True, default="", db_default="")
    verified_body = models.CharField(max_length=120, blank=True, default="", db_default="")
    valid_until = models.DateField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject", "material"], name="one_row_per_material"),
        )
        indexes = (
            models.Index(fields=["applicant", "material", "-as_of"], name="materials_to_reuse"),
            models.Index(
                fields=["as_of"],
                condition=models.Q(supply="PENDING"),
                name="materials_still_asked_for",
            ),
            models.Index(
                fields=["applicant", "-id"],
                condition=models.Q(supply="UPLOADED", forgotten_at=None),
                name="materials_vault",
            ),
        )
