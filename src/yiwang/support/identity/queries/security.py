"""What an owner sees of his own sign-ins and keys, and what officials see of halls and recoveries."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import NotFound, NotSignedIn
from yiwang.support.identity import rules
from yiwang.support.identity.definitions import (
    IDLE,
    LONGEST_SESSION,
    AccountKind,
    Method,
)
from yiwang.support.identity.definitions.factors import (
    FRESH_FOR,
    RECOVERY_ROLES,
    FaceCheck,
    NeedsStepUp,
    PasskeyView,
    Proof,
    RecoveryView,
    StepUpView,
)
from yiwang.support.identity.definitions.places import HallNetworkView, PlaceKind, SessionView
from yiwang.support.identity.definitions.sso import SILENCE
from yiwang.support.identity.models import (
    Account,
    EmailCheck,
    HallNetwork,
    Passkey,
    Recovery,
    SignIn,
    SpareCode,
)
from yiwang.support.identity.queries import sso

_MOST = 100


def insist_on_assurance(actor: Actor, *, level: int) -> None:
    """NeedsStepUp when the matter asks for a higher 实名等级 than this session has.

    An official at a counter has the person and the document before him.
    """
    if actor.kind is not ActorKind.OFFICIAL and actor.assurance_level < level:
        raise NeedsStepUp(level)


def _living(actor: Actor, at: datetime) -> QuerySet[SignIn]:
    """The sessions of this account that would still let him in."""
    account = Account.objects.filter(subject=actor.reference, active=True).first()
    if account is None:
        return SignIn.objects.none()
    word = Q(vouched_at__gt=at - SILENCE) | Q(vouched_at=None, created_at__gt=at - SILENCE)
    return SignIn.objects.filter(
        ~Q(method=Method.HOST) | word,
        account=account,
        epoch=account.epoch,
        ended_at__isnull=True,
        created_at__gt=at - LONGEST_SESSION,
        seen_at__gt=at - IDLE[AccountKind(account.kind)],
    )


def list_sessions(actor: Actor, *, current: str, at: datetime) -> tuple[SessionView, ...]:
    """Where I am signed in now, this session first, then the newest."""
    rows = _living(actor, at).order_by("-created_at", "key")[:_MOST]
    views = [
        SessionView(
            key=row.key,
            device=row.device,
            place=PlaceKind(row.place),
            place_name=row.place_name,
            method=Method(row.method),
            on_behalf_of=row.on_behalf_of,
            created_at=row.created_at,
            seen_at=row.seen_at,
            raised_until=row.raised_until if row.raised_until and row.raised_until > at else None,
            current=row.key == current,
        )
        for row in rows
    ]
    return tuple(sorted(views, key=lambda view: not view.current))


def count_other_sessions(actor: Actor, *, current: str, at: datetime) -> int:
    """How many further sessions of mine live."""
    return _living(actor, at).exclude(key=current).count()


def list_passkeys(actor: Actor) -> tuple[PasskeyView, ...]:
    """My passkeys, the oldest first."""
    rows = Passkey.objects.filter(account__subject=actor.reference).order_by("created_at", "key")
    return tuple(
        PasskeyView(
            key=row.key,
            name=row.name,
            synced=row.synced,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )
        for row in rows[:_MOST]
    )


def get_face_check() -> FaceCheck:
    """The configured real-person check."""
    driver: FaceCheck = import_string(settings.FACE_DRIVER)()
    return driver


def has_totp(actor: Actor) -> bool:
    """Has this official enrolled a device that shows numbers?"""
    rows = Account.objects.filter(subject=actor.reference, totp_secret__isnull=False)
    return rows.exists()


def find_email_check(actor: Actor, *, at: datetime) -> str:
    """The masked address that waits for its code; "" when none does."""
    rows = EmailCheck.objects.filter(account__subject=actor.reference, expires_at__gt=at)
    return rows.values_list("address_masked", flat=True).first() or ""


def has_second_factor(account: Account) -> bool:
    """Has this official's account a device that shows numbers, or a passkey?"""
    return bool(account.totp_secret) or Passkey.objects.filter(account=account).exists()


def count_spare_codes(actor: Actor) -> int:
    """How many of this official's spare codes are left."""
    return SpareCode.objects.filter(account__subject=actor.reference, used_at=None).count()


def list_proofs(account: Account) -> tuple[Proof, ...]:
    """How this account's owner can prove once more to be himself; a simulator only in the sample."""
    return rules.usable_proofs(
        AccountKind(account.kind),
        password=is_password_usable(account.password),
        totp=bool(account.totp_secret),
        passkey=Passkey.objects.filter(account=account).exists(),
        phone=bool(account.phone_index),
        face=settings.SAMPLE or not get_face_check().simulated,
    )


def find_step_up(actor: Actor, *, session_key: str, wanted: int, at: datetime) -> StepUpView:
    """What the session is worth and which proofs would raise it to ``wanted``; NotSignedIn without one."""
    session = (
        SignIn.objects.select_related("account")
        .filter(key=session_key, account__subject=actor.reference, ended_at__isnull=True)
        .first()
    )
    if session is None:
        raise NotSignedIn
    account, face = session.account, get_face_check()
    proofs = list_proofs(account)
    raised = session.raised_until is not None and session.raised_until > at
    return StepUpView(
        level=actor.assurance_level,
        wanted=wanted,
        fresh=raised or session.created_at > at - FRESH_FOR,
        proofs=tuple(
            p for p in proofs if rules.reach(p, proofed=account.assurance_level) >= wanted
        ),
        phone_masked=_phone(actor) if Proof.CODE_AND_ID in proofs else "",
        face_label=face.label,
        face_simulated=face.simulated,
        host_name=_host_of(account),
    )


def _host_of(account: Account) -> str:
    """Whose 统一身份认证 this account's owner may prove himself by: citizens' alone."""
    host = sso.find_host() if account.kind == AccountKind.PERSON else None
    return host.name if host is not None and host.away is None else ""


def _phone(actor: Actor) -> str:
    try:
        return libraries.get_person(actor.reference).phone_masked
    except NotFound:
        return ""


def list_hall_networks() -> tuple[HallNetworkView, ...]:
    """The addresses of halls that count now, by name."""
    rows = HallNetwork.objects.filter(ended_at=None).order_by("name", "network")
    return tuple(
        HallNetworkView(row.key, row.name, row.network, row.registered_at) for row in rows[:500]
    )


def list_recoveries(actor: Actor, *, after: str = "", limit: int = 50) -> tuple[RecoveryView, ...]:
    """The recoveries that wait for a second person and this official may see, the oldest first."""
    kinds = [
        kind for kind, roles in RECOVERY_ROLES.items() if any(actor.has_role(r) for r in roles)
    ]
    rows = Recovery.objects.select_related("account").filter(
        confirmed_by=None, closed_at=None, account__kind__in=kinds
    )
    moment, _bar, key = after.partition("|")
    try:
        last = datetime.fromisoformat(moment) if key else None
    except ValueError:
        last = None
    if last is not None and last.tzinfo is not None:
        rows = rows.filter(Q(asked_at__gt=last) | Q(asked_at=last, key__gt=key[:16]))
    return tuple(view_of(row) for row in rows.order_by("asked_at", "key")[: min(limit, 200)])


def view_of(row: Recovery) -> RecoveryView:
    """One recovery as officials see it."""
    return RecoveryView(
        key=row.key,
        kind=AccountKind(row.account.kind),
        display_name=row.account.display_name,
        user_name=row.account.user_name,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        confirmed_by=row.confirmed_by,
        position=f"{row.asked_at.isoformat()}|{row.key}",
    )
