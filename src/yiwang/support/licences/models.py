"""The register of licences, its counters and the history of every state."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.kernel.actor import CASE_STAFF, Actor, PowerAct
from yiwang.kernel.references import new_key
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedJSON, EncryptedText
from yiwang.support.licences.definitions import LicenceState

#: States that follow from the date are never stored.
_BY_DATE = (LicenceState.NOT_YET, LicenceState.EXPIRED, LicenceState.UNKNOWN)
_STORED = [s.value for s in LicenceState if s not in _BY_DATE]
STORED = frozenset(_STORED)


class LicenceType(models.Model):
    """A published template; frozen, newer ones stand beside it."""

    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=128)
    type_code = models.CharField(max_length=21)
    definition = models.JSONField()
    published_at = models.DateTimeField()

    objects: ClassVar[models.Manager[LicenceType]]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="licences_type_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class Counter(models.Model):
    """A number series; the row is locked while the next number is taken, numbers never come back."""

    series = models.CharField(max_length=96, unique=True)
    value = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[models.Manager[Counter]]

    def __str__(self) -> str:
        return self.series


class RegistrarCode(models.Model):
    """A unified social credit code taken from the registrar's pool, for good."""

    uscc = models.CharField(max_length=18, unique=True)
    case = models.CharField(max_length=64, unique=True)
    taken_at = models.DateTimeField()

    objects: ClassVar[models.Manager[RegistrarCode]]

    def __str__(self) -> str:
        return self.uscc


class LicenceQuerySet(models.QuerySet["ELicence"]):
    def visible_to(self, actor: Actor) -> LicenceQuerySet:
        """Holders see their own, officials those of their division and department."""
        roles = CASE_STAFF
        return self.filter(
            scope_filter(
                actor,
                roles=roles,
                owner="holder",
                department="issuer",
                item="item_code",
                act=PowerAct.RECEIVE,
            )
        )


class ELicence(models.Model):
    """One version of one licence. Everything personal is encrypted; masked rows serve the public."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    verify_code = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    identifier = models.CharField(max_length=96, unique=True)
    template = models.ForeignKey(LicenceType, on_delete=models.PROTECT)
    issuer = models.CharField(max_length=18)
    issuer_name = models.CharField(max_length=128)
    division_code = models.CharField(max_length=12)
    serial = models.CharField(max_length=24)
    version = models.PositiveSmallIntegerField(default=1)
    predecessor = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    case = models.CharField(max_length=64)
    item_code = models.CharField(max_length=120, default="", db_default="")  # what mandates ask for
    holder = models.CharField(max_length=64)
    holder_name = EncryptedText(purpose="licences.holder")
    holder_masked = models.CharField(max_length=128)
    values = EncryptedJSON(purpose="licences.values")
    public_rows = models.JSONField()
    state = models.CharField(max_length=16, default=LicenceState.VALID)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    succeeded_on = models.DateField(null=True)  # the next version waits for its first day
    issued_at = models.DateTimeField()
    mark = models.CharField(max_length=32, blank=True)
    pdf_file = models.CharField(max_length=64, blank=True)
    missing = models.CharField(max_length=200, blank=True)
    seal_wait = models.CharField(max_length=200, blank=True, default="", db_default="")
    seal_next_at = models.DateTimeField(null=True)  # waits for its seal; asked for again then

    objects = LicenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["template", "issuer", "serial", "version"], name="licences_number_once"
            ),
            models.UniqueConstraint(
                fields=["case", "template"],
                condition=~Q(state=LicenceState.REVOKED.value),
                name="licences_case_once",
            ),
            models.CheckConstraint(name="licences_state_known", condition=Q(state__in=_STORED)),
            models.CheckConstraint(
                name="licences_days_in_order",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holder", "-id"]),
            models.Index(
                fields=["seal_next_at"],
                condition=Q(seal_next_at__isnull=False),
                name="licences_waiting_for_seal",
            ),
        ]

    def __str__(self) -> str:
        return f"licence:{self.key}"


class ToldLicence(models.Model):
    """上级证照登记 at the host: the newest word of a member about a licence of its own. Nothing personal."""

    number = models.CharField(max_length=96, unique=True)
    node = models.CharField(max_length=32)
    name = models.CharField(max_length=128)
    state = models.CharField(max_length=16)
    issuer = models.CharField(max_length=18)
    issuer_name = models.CharField(max_length=128)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    changed_at = models.DateTimeField()
    told_at = models.DateTimeField()

    objects: ClassVar[models.Manager[ToldLicence]]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="licences_told_state_known", condition=Q(state__in=_STORED)
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LicenceChange(models.Model):
    """One line of a licence's history; rows are only added."""

    licence = models.ForeignKey(ELicence, on_delete=models.PROTECT, related_name="changes")
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[LicenceChange]]

    def __str__(self) -> str:
        return f"{self.before}→{self.after}"
