"""动态口令: an official enrols the device that shows his numbers; a new one takes the old one's place.

A lost device is ended by two security administrators (``ask_recovery``, ``confirm_recovery``).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import segno
from django.core import signing
from django.db import transaction

from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity.actions.passkeys import insist_on_fresh
from yiwang.support.identity.actions.signing_in import matching_step
from yiwang.support.identity.actions.telling import tell_owner
from yiwang.support.identity.definitions import AccountKind
from yiwang.support.identity.definitions.factors import FRESH_FOR, CannotEnrol, TotpOffer
from yiwang.support.identity.models import Account, SignIn

_SALT = "yiwang.totp"
_ISSUER = "一网"


def offer_totp(*, session_key: str, actor: Actor, at: datetime) -> TotpOffer:
    """A secret for the official's device, good for fifteen minutes; nothing is changed yet.

    NeedsStepUp unless he proved himself within fifteen minutes; NotAllowed for citizens.
    """
    account = _official(insist_on_fresh(session_key, actor, at))
    return _offer(account, pyotp.random_base32(), session_key, at)


def read_offer(*, session_key: str, state: str, actor: Actor, at: datetime) -> TotpOffer:
    """The same offer again, for a page that was sent back with a wrong number; CannotEnrol."""
    account = _official(insist_on_fresh(session_key, actor, at))
    return _offer(account, _secret_in(state, session_key, at), session_key, at)


@transaction.atomic
def enrol_totp(*, session_key: str, state: str, number: str, actor: Actor, at: datetime) -> None:
    """The device shows the right number: it counts from now on, his other sessions end.

    As ``offer_totp``; CannotEnrol for an offer that is old or of another session; InvalidInput for a
    wrong number.
    """
    account = _official(insist_on_fresh(session_key, actor, at, lock=True))
    secret = _secret_in(state, session_key, at)
    step = matching_step(secret, number, at)
    if step is None:
        problem = FieldProblem(
            "number", "动态口令不对。", "请等下一个出现后再输入；手机的时间要准。"
        )
        raise InvalidInput(fields=[problem])
    account.totp_secret, account.totp_last_step = secret, step
    account.save(update_fields=["totp_secret", "totp_last_step"])
    sessions = SignIn.objects.filter(account=account, ended_at__isnull=True)
    sessions.exclude(key=session_key).update(ended_at=at)
    journal.record(
        actor=actor,
        act="identity.second_factor_enrolled",
        subject=reference("account", account.key),
        at=at,
    )
    tell_owner(account, "登记了动态口令", at=at)


def _official(account: Account) -> Account:
    if account.kind != AccountKind.OFFICIAL:
        raise NotAllowed("动态口令只用于工作账号。", "个人账号可以添加通行密钥。")
    return account


def _offer(account: Account, secret: str, session_key: str, at: datetime) -> TotpOffer:
    address = pyotp.TOTP(secret).provisioning_uri(
        name=account.user_name or account.display_name, issuer_name=_ISSUER
    )
    state = signing.dumps([secret, session_key, int(at.timestamp())], salt=_SALT)
    picture = segno.make_qr(address, error="m").svg_data_uri(border=2, light="#fff", scale=4)
    return TotpOffer(secret=secret, picture=picture, state=state)


def _secret_in(state: str, session_key: str, at: datetime) -> str:
    try:
        secret, bound_to, asked_at = signing.loads(state[:2000], salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise CannotEnrol from error
    age = at.timestamp() - asked_at
    if bound_to != session_key or not 0 <= age + 1 <= FRESH_FOR / timedelta(seconds=1):
        raise CannotEnrol
    return str(secret)
