"""人口库 and 法人库. What names or reaches a person is encrypted; look-ups go by keyed indexes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.foundation.libraries.definitions import OrganizationKind, OrganizationState, Sex
from yiwang.kernel.references import KEY_LENGTH, new_key
from yiwang.mechanisms.crypto.fields import EncryptedText

_DIGEST = 64


class Person(models.Model):
    """自然人. Masked copies serve lists without opening anything."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    name = EncryptedText()
    name_masked = models.CharField(max_length=40)
    citizen_id = EncryptedText()
    citizen_id_index = models.CharField(max_length=_DIGEST, unique=True)
    citizen_id_masked = models.CharField(max_length=18)
    phone = EncryptedText(default="")
    phone_index = models.CharField(max_length=_DIGEST, null=True)
    phone_masked = models.CharField(max_length=20, blank=True)
    born_on = models.DateField()
    sex = models.CharField(max_length=1, choices=[(s.value, s.value) for s in Sex])
    people = models.CharField(max_length=2)
    division_code = models.CharField(max_length=12)
    address = EncryptedText(default="")
    died_on = models.DateField(null=True)
    source = models.CharField(max_length=80)
    as_of = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(died_on__isnull=True) | Q(died_on__gte=F("born_on")),
                name="nobody_dies_before_birth",
            )
        ]
        indexes = [
            models.Index(fields=["phone_index"], name="person_by_phone"),
            models.Index(fields=["division_code", "born_on"], name="person_by_place_and_birth"),
        ]


class BankAccount(models.Model):
    """A person's account that public money may be paid to."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    person = models.ForeignKey(Person, models.CASCADE)
    bank = models.CharField(max_length=80)
    number = EncryptedText()
    number_index = models.CharField(max_length=_DIGEST)
    number_masked = models.CharField(max_length=32)
    is_social_card = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "number_index"], name="one_account_once_per_person"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_social_card=True),
                name="one_social_card_account_per_person",
            ),
        ]


class Allowance(models.Model):
    """An allowance a person draws or drew anywhere, as other places report it."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    person = models.ForeignKey(Person, models.CASCADE)
    kind = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "division_code", "since"],
                name="one_allowance_reported_once",
            )
        ]


class Organization(models.Model):
    """法人 and other organizations; public."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    uscc = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in OrganizationKind])
    legal_representative = models.ForeignKey(Person, models.PROTECT, null=True)
    division_code = models.CharField(max_length=12)
    address = models.CharField(max_length=200, blank=True)
    industry = models.CharField(max_length=5, blank=True)
    established_on = models.DateField()
    state = models.CharField(
        max_length=16,
        choices=[(s.value, s.value) for s in OrganizationState],
        default=OrganizationState.IN_OPERATION,
    )
    source = models.CharField(max_length=80)
    as_of = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name"], name="organization_by_name")]
