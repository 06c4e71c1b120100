"""邮箱: an owner says where his notices are to go as e-mails too; a code sent there proves it is his.

Nothing but that code leaves before it came back, and nobody signs in by e-mail.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from yiwang.kernel.actor import Actor
from yiwang.kernel.identifiers import is_email, tidy_email
from yiwang.kernel.masks import mask_email
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity.actions.codes import count_codes
from yiwang.support.identity.actions.passkeys import insist_on_fresh
from yiwang.support.identity.actions.telling import tell_owner
from yiwang.support.identity.definitions import (
    CODE_DIGITS,
    CODE_PAUSE,
    CODE_TRIES,
    CODES_PER_PHONE_AND_DAY,
    EMAIL_CODE_LIFE,
)
from yiwang.support.identity.models import Account, EmailCheck
from yiwang.support.messages import actions as messages
from yiwang.support.messages import queries as message_queries

_CODE = "identity.email_code"


@transaction.atomic
def ask_email(*, session_key: str, address: str, actor: Actor, at: datetime) -> None:
    """Send a code to an address its owner wants notices at; an earlier code is void.

    InvalidInput unless an e-mail address; NeedsStepUp unless he proved himself within fifteen minutes;
    TooManyTries within a minute of the last, after ten a day; NotFound where no e-mails are sent.
    """
    if not message_queries.sends_email():
        raise NotFound
    tidy = tidy_email(address)
    if not is_email(tidy):
        problem = FieldProblem(
            "address", "邮箱地址不对。", "例如 name@example.com；要用字母、数字的地址。"
        )
        raise InvalidInput(fields=[problem])
    account = insist_on_fresh(session_key, actor, at, lock=True)
    owner = f"email|{account.key}"
    limits = (
        ("code-pause", CODE_PAUSE, 1),
        ("code-phone", timedelta(days=1), CODES_PER_PHONE_AND_DAY),
    )
    count_codes([(scope, owner, window, most) for scope, window, most in limits], at=at)
    key, code = new_key(), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    changes = {
        "key": key,
        "address": tidy,
        "address_masked": mask_email(tidy),
        "code_digest": _digest(key, code),
        "expires_at": at + EMAIL_CODE_LIFE,
        "tries": 0,
    }
    EmailCheck.objects.update_or_create(account=account, defaults=changes)
    minutes = str(int(EMAIL_CODE_LIFE.total_seconds()) // 60)
    messages.write_email(
        owner=account.subject,
        address=tidy,
        template="email-code",
        values={"code": code, "minutes": minutes},
        at=at,
    )
    _note("email_asked", account, actor, at)


def confirm_email(*, code: str, actor: Actor, at: datetime) -> None:
    """The code came back: notices go there from now on, and an address before it is told so.

    InvalidInput for a wrong, old or used code; five tries.
    """
    account = _own(actor)
    check = EmailCheck.objects.filter(account=account).first()
    waiting = EmailCheck.objects.filter(key=check.key if check else "", expires_at__gt=at)
    tried = waiting.filter(tries__lt=CODE_TRIES).update(tries=F("tries") + 1)
    given, kept = f"{check.key if check else ''}|{code.strip()[:20]}", check and check.code_digest
    right = crypto.is_indexed(kept or "", plain=given, purpose=_CODE)
    if check is None or not tried or not right:
        raise _wrong_code()
    with transaction.atomic():
        if not waiting.delete()[0]:
            raise _wrong_code()
        messages.keep_address(owner=account.subject, address=check.address, at=at)
        _note("email_confirmed", account, actor, at)
        tell_owner(account, "登记了收通知的邮箱", at=at)


@transaction.atomic
def remove_email(*, actor: Actor, at: datetime) -> None:
    """No e-mails any more, those that wait included; an address not confirmed yet is forgotten too.

    Again, or without an address, changes nothing.
    """
    account = _own(actor)
    asked, _ = EmailCheck.objects.filter(account=account).delete()
    had = messages.drop_address(owner=account.subject)
    if asked or had:
        _note("email_removed", account, actor, at)
    if had:
        tell_owner(account, "不再用邮件收通知", at=at)


def _own(actor: Actor) -> Account:
    if actor.scopes is not None:
        raise NotAllowed("令牌不能改收通知的邮箱。", "请登录后办理。")
    account = Account.objects.filter(subject=actor.reference, active=True).first()
    if account is None:
        raise NotFound
    return account


def _wrong_code() -> InvalidInput:
    problem = FieldProblem("code", "验证码不正确或者已经过期。", "请核对邮件，或重新获取验证码。")
    return InvalidInput(fields=[problem])


def _digest(key: str, code: str) -> str:
    return crypto.keyed_index(f"{key}|{code}", purpose=_CODE)


def _note(act: str, account: Account, actor: Actor, at: datetime) -> None:
    journal.record(
        actor=actor, act=f"identity.{act}", subject=reference("account", account.key), at=at
    )
