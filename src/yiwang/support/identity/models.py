"""Accounts, sessions, passkeys, one-time codes, grants, tokens, and what slows a guesser down."""

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
from yiwang.support.identity.definitions.places import PlaceKind

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
    """One session: the cookie's secret is kept only as a digest, the address only as its kind.

    ``raised_to`` counts until ``raised_until``: the owner proved more than the sign-in asked.
    """

    token_digest = models.CharField(max_length=_DIGEST, primary_key=True)
    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    epoch = models.PositiveIntegerField()
    method = models.CharField(max_length=20, choices=[(m.value, m.value) for m in Method])
    on_behalf_of = models.CharField(max_length=80, null=True)
    mandate = models.CharField(
        max_length=16, default="", db_default=""
    )  # by which it acts for whom
    stand_in = models.CharField(max_length=16, default="", db_default="")  # for which colleague
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=40, default="", db_default="")
    place = models.CharField(
        max_length=10, default=PlaceKind.ELSEWHERE, db_default=PlaceKind.ELSEWHERE.value
    )
    place_name = models.CharField(max_length=80, default="", db_default="")
    raised_to = models.PositiveSmallIntegerField(null=True)
    raised_until = models.DateTimeField(null=True)
    vouched_level = models.PositiveSmallIntegerField(null=True)  # by the host, of method HOST alone
    #: The digest of the code it began by, by which the host knows the consent; when the host last stood by it.
    vouched_by = models.CharField(max_length=_DIGEST, default="", db_default="")
    vouched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(raised_to=None, raised_until=None)
                | Q(raised_to__range=(2, 5), raised_until__isnull=False),
                name="raised_session_has_a_level_and_an_end",
            ),
            models.CheckConstraint(
                condition=Q(vouched_level=None)
                | Q(vouched_level__range=(2, 5), method=Method.HOST),
                name="only_a_host_vouches_for_a_level",
            ),
        ]
        indexes = [models.Index(fields=["seen_at"], name="sign_in_by_last_seen")]


class NodeConsent(models.Model):
    """登录授权: a person lets this host vouch for him at a member, until he takes it back."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    node = models.CharField(max_length=32)
    given_at = models.DateTimeField()
    used_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "node"],
                condition=Q(withdrawn_at=None),
                name="one_consent_per_account_and_node",
            )
        ]


class HandOverCode(models.Model):
    """一次性登录码: what the browser carries from this host to a member, kept as a digest, good once."""

    code_digest = models.CharField(max_length=_DIGEST, primary_key=True)
    consent = models.ForeignKey(NodeConsent, models.CASCADE)
    session = models.CharField(max_length=KEY_LENGTH)  # of the sign-in here it stands for
    challenge = models.CharField(
        max_length=_DIGEST
    )  # who brings it back must know what this is the SM3 of
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="hand_over_codes_by_their_end")]


class Passkey(models.Model):
    """通行密钥: the public half of a key that never leaves its owner's device."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    name = models.CharField(max_length=40)
    credential = models.CharField(max_length=1400, unique=True)  # its id, base64url
    public_key = models.BinaryField()  # id and COSE key as the authenticator gave them
    sign_count = models.BigIntegerField(default=0)
    synced = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class SpareCode(models.Model):
    """备用码: stands once for an official's second factor when his device is not at hand; kept as a digest."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    code_digest = models.CharField(max_length=_DIGEST)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "code_digest"], name="one_spare_code_once_per_account"
            )
        ]


class SpentChallenge(models.Model):
    """A question a passkey has answered: it is not taken a second time."""

    digest = models.CharField(max_length=_DIGEST, primary_key=True)
    spent_at = models.DateTimeField()


class Recovery(models.Model):
    """找回: an account's proofs are taken away and a one-time code given; two people do it."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    reason = models.CharField(max_length=200)
    phone_lost = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=80, null=True)
    closed_at = models.DateTimeField(null=True)
    code_digest = models.CharField(max_length=_DIGEST, null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")),
                name="recovery_needs_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(closed_at=None), name="one_open_recovery"
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at", "key"], condition=Q(confirmed_by=None), name="open_recoveries"
            )
        ]


class HallNetwork(models.Model):
    """大厅地址段: many honest people share it, so it is slowed down and never locked."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    name = models.CharField(max_length=80)
    network = models.CharField(max_length=50)
    registered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network"], condition=Q(ended_at=None), name="one_hall_per_network"
            )
        ]


class OneTimeCode(models.Model):
    """短信验证码, kept as a keyed digest; the newest of a phone and of what it is bound to counts.

    ``bound_to``: a known device or a session, so that a stranger cannot use up its owner's codes.
    """

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    phone_index = models.CharField(max_length=_DIGEST)
    code_digest = models.CharField(max_length=_DIGEST)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    bound_to = models.CharField(max_length=40, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["phone_index", "-sent_at"], name="newest_code_of_a_phone")]


class EmailCheck(models.Model):
    """待确认的邮箱: an address somebody typed, until the code sent there comes back."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True)
    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key)
    address = EncryptedText()
    address_masked = models.CharField(max_length=260)
    code_digest = models.CharField(max_length=_DIGEST)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="email_checks_by_their_end")]


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


class Post(models.Model):
    """岗位: a named bundle of roles of one body. The bundle never changes: another one is another post."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    name = models.CharField(max_length=30)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18, null=True)
    roles = ArrayField(models.CharField(max_length=20))
    defined_by = models.CharField(max_length=80)
    defined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(roles__len__gt=0), name="post_has_a_role"),
            models.UniqueConstraint(
                fields=["division_code", "department", "name"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="one_post_of_a_name_in_a_body",
            ),
        ]


class RoleGrant(models.Model):
    """授权: a role, or a post with all of its roles, in a division subtree; counts only once a second
    person has confirmed it."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    role = models.CharField(
        max_length=20, blank=True, choices=[(r.value, r.value) for r in Role]
    )  # "" when a post is given
    post = models.ForeignKey(Post, models.PROTECT, null=True)
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
            models.CheckConstraint(
                condition=Q(role="", post__isnull=False) | (~Q(role="") & Q(post__isnull=True)),
                name="grant_is_of_a_role_or_of_a_post",
            ),
        ]
        indexes = [models.Index(fields=["valid_until", "key"], name="grants_by_their_end")]

    @property
    def roles(self) -> tuple[Role, ...]:
        """What it gives."""
        return tuple(Role(one) for one in (self.post.roles if self.post else [self.role]))


class ApiToken(models.Model):
    """接口令牌: scoped, expiring, revocable; kept as a digest."""

    token_digest = models.CharField(max_length=_DIGEST, primary_key=True)
    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key)
    account = models.ForeignKey(Account, models.CASCADE)
    on_behalf_of = models.CharField(max_length=80, null=True)
    mandate = models.CharField(max_length=16, default="", db_default="")
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


class StandIn(models.Model):
    """代理: one official does another's work for a time; counts once a second person has confirmed it."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    principal = models.ForeignKey(Account, models.CASCADE, related_name="stood_in_for")
    taker = models.ForeignKey(Account, models.CASCADE, related_name="stands_in")
    post = models.ForeignKey(Post, models.PROTECT, null=True)  # only this post's work
    reason = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=80, null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(principal=F("taker")), name="nobody_stands_in_for_himself"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="stand_in_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | ~Q(confirmed_by=F("asked_by")) & ~Q(confirmed_by=""),
                name="stand_in_needs_a_second_person",
            ),
        ]
        indexes = [models.Index(fields=["valid_until", "key"], name="stand_ins_by_their_end")]
