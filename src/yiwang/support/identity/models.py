"""Accounts, sessions, one-time codes, grants, tokens and what slows a guesser down."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yiwang.kernel.actor import Role
from yiwang.kernel.references import KEY_LENGTH, new_key
from yiwang.mechanisms.crypto.fields import EncryptedText
from yiwang.support.identity.definitions import AccountKind, Method

_DIGEST = 64


class Account(AbstractBaseUser):
    """账号. ``epoch`` rises when a role, the password or the state changes: older sessions are over."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in AccountKind])
    subject = models.CharField(max_length=80, unique=True)  # "person:<key>" or "official:<key>"
    display_name = models.CharField(max_length=80)  # masked for persons
    user_name = models.CharField(max_length=60, null=True, unique=True)
    citizen_id_index = models.CharField(max_length=_DIGEST, null=True)
    phone_index = models.CharField(max_length=_DIGEST, null=True)
    assurance_level = models.PositiveSmallIntegerField(default=2)
    department = models.CharField(max_length=18, null=True)
    person = models.CharField(max_length=80, null=True)  # an official's own citizen reference
    active = models.BooleanField(default=True)
    epoch = models.PositiveIntegerField(default=0)
    totp_secret = EncryptedText(null=True)
    totp_last_step = models.BigIntegerField(default=0)

    USERNAME_FIELD = "key"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "citizen_id_index"], name="one_account_per_citizen_id_and_kind"
            ),
            models.UniqueConstraint(
                fields=["kind", "phone_index"], name="one_account_per_phone_and_kind"
            ),
            models.UniqueConstraint(fields=["person"], name="one_official_account_per_person"),
            models.CheckConstraint(
                condition=Q(person=None) | Q(kind=AccountKind.OFFICIAL),
                name="only_officials_name_their_person",
            ),
            models.CheckConstraint(
                condition=Q(assurance_level__range=(2, 5)), name="account_assurance_is_two_to_five"
            ),
        ]


class SignIn(models.Model):
    """One session: the cookie's secret is kept only as a digest."""

    token_digest = models.CharField(max_length=_DIGEST, primary_key=True)
    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    epoch = models.PositiveIntegerField()
    method = models.CharField(max_length=20, choices=[(m.value, m.value) for m in Method])
    on_behalf_of = models.CharField(max_length=80, null=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="sign_in_by_last_seen")]


class OneTimeCode(models.Model):
    """短信验证码, kept as a keyed digest; the newest one of a phone counts."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    phone_index = models.CharField(max_length=_DIGEST)
    code_digest = models.CharField(max_length=_DIGEST)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index", "-sent_at"], name="newest_code_of_a_phone")]


class Throttle(models.Model):
    """A counter per account name, phone or address: failures in a window, and a lock."""

    scope = models.CharField(max_length=20)
    subject_digest = models.CharField(max_length=_DIGEST)
    window_from = models.DateTimeField()
    count = models.PositiveIntegerField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "subject_digest"], name="one_counter_per_scope_and_subject"
            )
        ]


class RoleGrant(models.Model):
    """授权: a role in a division subtree; counts only once a second person has confirmed it."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role])
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18, null=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    granted_by = models.CharField(max_length=80)
    confirmed_by = models.CharField(max_length=80, null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="grant_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("granted_by")),
                name="grant_needs_a_second_person",
            ),
        ]
        indexes = [models.Index(fields=["valid_until", "key"], name="grants_by_their_end")]


class ApiToken(models.Model):
    """接口令牌: scoped, expiring, revocable; kept as a digest."""

    token_digest = models.CharField(max_length=_DIGEST, primary_key=True)
    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    on_behalf_of = models.CharField(max_length=80, null=True)
    name = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=40))
    epoch = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_it_is_made"
            )
        ]
