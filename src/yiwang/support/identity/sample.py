"""Accounts and sessions for tests and for the sample province."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.hashers import make_password
from django.db import transaction
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData

from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, Role, machine
from yiwang.support.identity import actions, queries
from yiwang.support.identity.actions.sessions import open_session
from yiwang.support.identity.definitions import COOKIE, NOWHERE, AccountView, Method
from yiwang.support.identity.models import Account, NodeConsent, Passkey, Post
from yiwang.support.messages import actions as messages

if TYPE_CHECKING:
    from django.test import Client

#: Known to everybody: it opens sample accounts only.
PASSWORD = "Yiwang-2026"  # noqa: S105 -- printed by make run
GRANTER, CONFIRMER = machine("sample-granter"), machine("sample-confirmer")


@cache
def _encoded() -> str:
    """Hashed once per process: fifty sample accounts need not cost fifty hashings."""
    return make_password(PASSWORD)


def open_person_account(
    person: str, *, at: datetime, user_name: str | None = None, assurance_level: int = 4
) -> AccountView:
    """The account of a registered sample person; signing in works by ID number, phone, user name."""
    return actions.create_person_account(
        person=person,
        password=None,
        encoded_password=_encoded(),
        user_name=user_name,
        assurance_level=assurance_level,
        actor=people.SAMPLER,
        at=at,
    )


def open_official_account(
    user_name: str,
    *,
    at: datetime,
    name: str = "示例工作人员",
    department: str = "",
    grants: tuple[tuple[Role, str, str | None], ...] = (),
) -> AccountView:
    """A sample official with confirmed grants ``(role, division code, department USCC or None)``."""
    account = actions.create_official_account(
        name=name,
        user_name=user_name,
        department=department,
        password=None,
        encoded_password=_encoded(),
        actor=people.SAMPLER,
        at=at,
        key=people.key_of(f"official/{user_name}", 0),
    )
    for role, division_code, body in grants:
        give(account.key, role, division_code, body, at=at)
    return account


def give(
    account: str, role: Role, division_code: str, department: str | None, *, at: datetime
) -> str:
    """One confirmed grant for 360 days."""
    grant = actions.grant_role(
        account=account,
        role=role,
        division_code=division_code,
        department=department,
        valid_until=at + timedelta(days=360),
        actor=GRANTER,
        at=at,
    )
    actions.confirm_grant(grant=grant, actor=CONFIRMER, at=at)
    return grant


def appoint(
    account: str,
    name: str,
    roles: tuple[Role, ...],
    division_code: str,
    department: str | None,
    *,
    at: datetime,
) -> str:
    """A post (defined when it is not there yet), held for 360 days; the grant's key."""
    where = {"name": name, "division_code": division_code, "department": department}
    found = Post.objects.filter(**where, ended_at=None).first()
    post = found or actions.define_post(roles=roles, actor=GRANTER, at=at, **where)  # type: ignore[arg-type]
    grant = actions.grant_post(
        account=account, post=post.key, valid_until=at + timedelta(days=360), actor=GRANTER, at=at
    )
    actions.confirm_grant(grant=grant, actor=CONFIRMER, at=at)
    return grant


@transaction.atomic
def session_token(
    subject: str,
    *,
    at: datetime | None = None,
    on_behalf_of: str | None = None,
    mandate: str = "",
    stand_in: str = "",
) -> str:
    """A living session of the account of ``person:…`` or ``official:…``, without the sign-in page."""
    account = Account.objects.get(subject=subject)
    opened = open_session(
        account=account,
        method=Method.PASSWORD,
        origin=NOWHERE,
        at=at or moments.now(),
        on_behalf_of=on_behalf_of,
        mandate=mandate,
        stand_in=stand_in,
    )
    return opened.token


def give_passkey(subject: str, *, at: datetime, name: str = "示例设备") -> str:
    """A passkey nobody holds the private half of: to be listed, named and removed. Its key."""
    credential = secrets.token_bytes(16)
    public: ES256 = ES256.from_cryptography_key(  # type: ignore[no-untyped-call]
        ec.generate_private_key(ec.SECP256R1()).public_key()
    )
    data = AttestedCredentialData.create(bytes(16), credential, public)
    return Passkey.objects.create(
        account=Account.objects.get(subject=subject),
        name=name,
        credential=websafe_encode(credential),
        public_key=bytes(data),
        created_at=at,
    ).key


def give_consent(subject: str, *, at: datetime, node: str = "620100") -> str:
    """Somebody's word that this host may vouch for him at a member. Its key."""
    row, _made = NodeConsent.objects.get_or_create(
        account=Account.objects.get(subject=subject),
        node=node,
        withdrawn_at=None,
        defaults={"given_at": at, "used_at": at},
    )
    return row.key


@transaction.atomic
def give_email(subject: str, *, at: datetime) -> None:
    """A confirmed e-mail address, and another one that waits for its code."""
    messages.keep_address(owner=subject, address="shili@example.com", at=at)
    session = queries.find_session(session_token(subject, at=at), at=at)
    if session is None:
        raise LookupError(subject)
    actions.ask_email(
        session_key=session.key, address="xin.shili@example.com", actor=session.actor, at=at
    )


def sign_in_client(
    client: Client,
    subject: str,
    *,
    at: datetime | None = None,
    on_behalf_of: str | None = None,
    mandate: str = "",
) -> Actor:
    """Let Django's test client act as this person or official; returns the actor."""
    token = session_token(subject, at=at, on_behalf_of=on_behalf_of, mandate=mandate)
    client.cookies[COOKIE] = token
    session = queries.find_session(token, at=at or moments.now())
    if session is None:
        raise LookupError(subject)
    return session.actor
