"""What passkeys are asked and how their answers are checked (W3C WebAuthn, by the fido2 library).

A question is signed and good for five minutes; once answered it is spent, so that a recorded answer
opens nothing. The user must have been verified by the device: finger, face or its PIN.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.identity.definitions.factors import (
    CHALLENGE_LIFE,
    LONGEST_ANSWER,
    CannotUsePasskey,
    Ceremony,
    Challenge,
)
from yiwang.support.identity.models import Account, Passkey, SpentChallenge

_SALT = "yiwang.passkey"
_ALGORITHM = 3  # its place in a COSE key
_VERIFIED = UserVerificationRequirement.REQUIRED


def _server() -> Fido2Server:
    return _server_of(settings.PUBLIC_ADDRESS)


@cache
def _server_of(address: str) -> Fido2Server:
    """One relying party: the host of the public address, and answers from that address alone."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=parts.hostname or "", name="一网"),
        verify_origin=lambda given: given == origin,
    )


def ask_new(
    account: Account, known: Sequence[Passkey], *, bound_to: str, at: datetime
) -> Challenge:
    """Ask a device to make a passkey for this account; those it has already are left out."""
    user = PublicKeyCredentialUserEntity(
        id=account.key.encode(), name=account.display_name, display_name=account.display_name
    )
    options, state = _server().register_begin(
        user,
        [_credential(row) for row in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_VERIFIED,
    )
    return _challenge(Ceremony.REGISTER, bound_to, options, state, at)


def ask(
    ceremony: Ceremony, known: Sequence[Passkey] | None, *, bound_to: str, at: datetime
) -> Challenge:
    """Ask for an answer by one of these passkeys, or (None) by any the device has for us."""
    options, state = _server().authenticate_begin(
        None if known is None else [_credential(row) for row in known],
        user_verification=_VERIFIED,
    )
    return _challenge(ceremony, bound_to, options, state, at)


def _challenge(
    ceremony: Ceremony, bound_to: str, options: Any, state: Any, at: datetime
) -> Challenge:
    said = [ceremony.value, bound_to, state["challenge"], int(at.timestamp())]
    signed = signing.dumps(said, salt=_SALT)
    return Challenge(state=signed, options=json.loads(json.dumps(dict(options))))


def read(answer: str) -> Mapping[str, Any]:
    """The browser's answer. CannotUsePasskey when it is none."""
    try:
        given = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError) as error:
        raise CannotUsePasskey from error
    if not isinstance(given, dict) or not isinstance(given.get("id"), str):
        raise CannotUsePasskey
    return given


def check_new(
    state: str, answer: Mapping[str, Any], *, bound_to: str, at: datetime
) -> AuthenticatorData:
    """The freshly made key when it answers our question. CannotUsePasskey otherwise."""
    opened = _open(state, Ceremony.REGISTER, bound_to, at)
    try:
        made = _server().register_complete(opened, answer)
        algorithm = made.credential_data.public_key[_ALGORITHM] if made.credential_data else None
    except Exception as error:  # whatever a hostile device sends breaks here, not in the house
        raise CannotUsePasskey from error
    if algorithm not in CoseKey.supported_algorithms():
        raise CannotUsePasskey
    _spend(opened["challenge"], at)
    return made


def check(
    ceremony: Ceremony,
    state: str,
    passkey: Passkey,
    answer: Mapping[str, Any],
    *,
    bound_to: str,
    at: datetime,
) -> None:
    """The passkey answers our question, once, and its counter does not go back.

    CannotUsePasskey otherwise; a counter that stands still or falls is a copied key.
    """
    opened = _open(state, ceremony, bound_to, at)
    try:
        _server().authenticate_complete(opened, [_credential(passkey)], answer)
        data = AuthenticatorData(websafe_decode(answer["response"]["authenticatorData"]))
        handle = answer["response"].get("userHandle")
    except Exception as error:  # as above
        raise CannotUsePasskey from error
    if handle and websafe_decode(handle) != passkey.account_id.encode():
        raise CannotUsePasskey
    _spend(opened["challenge"], at)
    rows = Passkey.objects.filter(key=passkey.key)
    counted = (
        rows.filter(sign_count__lt=data.counter) if data.counter else rows.filter(sign_count=0)
    )
    if not counted.update(sign_count=data.counter, last_used_at=at):
        raise CannotUsePasskey


def _open(state: str, ceremony: Ceremony, bound_to: str, at: datetime) -> dict[str, Any]:
    try:
        asked, whose, challenge, since = signing.loads(state[:500], salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise CannotUsePasskey from error
    if asked != ceremony or whose != bound_to:
        raise CannotUsePasskey
    if not 0 <= at.timestamp() - since + 1 <= CHALLENGE_LIFE.total_seconds():
        raise CannotUsePasskey("这一步等得太久了。", "请再试一次。")
    return {"challenge": challenge, "user_verification": _VERIFIED}


def _spend(challenge: str, at: datetime) -> None:
    try:
        with transaction.atomic():
            SpentChallenge.objects.create(digest=crypto.digest(challenge.encode()), spent_at=at)
    except IntegrityError as error:
        raise CannotUsePasskey from error


def _credential(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(row.public_key))


def credential_id(data: AttestedCredentialData) -> str:
    """The id as the browser writes it."""
    return websafe_encode(data.credential_id)
