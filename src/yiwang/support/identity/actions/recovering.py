"""找回: who has lost every way in comes with his document; two people open a new one.

One official asks, another confirms; only then do the old proofs go and a code is shown, once, to be
handed to the person. With it the person chooses a new password.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import F

from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import rules
from yiwang.support.identity.actions import attempts
from yiwang.support.identity.actions.sessions import open_session
from yiwang.support.identity.actions.signing_in import find_by_login
from yiwang.support.identity.actions.telling import tell_owner
from yiwang.support.identity.definitions import (
    AccountKind,
    CannotSignIn,
    Method,
    Origin,
    SignedIn,
)
from yiwang.support.identity.definitions.factors import (
    RECOVERY_LIFE,
    RECOVERY_ROLES,
    CannotRecover,
)
from yiwang.support.identity.models import Account, Passkey, Recovery, SpareCode
from yiwang.support.messages import actions as messages

_LONGEST_REASON = 200
#: Twelve characters nobody mixes up: 32^12 codes, five tries.
_CODE_LENGTH = 12
_CODE = "identity.recovery"


def ask_recovery(
    *,
    kind: AccountKind,
    login: str,
    reason: str,
    actor: Actor,
    at: datetime,
    phone_lost: bool = False,
) -> str:
    """An official who has seen the person's document asks to open a new way in. Returns its key.

    ``login``: ID number, phone or user name. ``phone_lost``: the registered number is another's now,
    codes to it let nobody in any more. A code given out earlier is void. NotAllowed without the role, and for oneself; NotFound
    without an active account; InvalidInput without a reason; CannotRecover while another one waits.
    """
    _insist_on_role(kind, actor)
    tidy = " ".join(reason.split())[:_LONGEST_REASON]
    if not tidy:
        problem = FieldProblem("reason", "还没有写怎么核对的本人。", "例如：核对身份证原件。")
        raise InvalidInput(fields=[problem])
    account = find_by_login(kind, login)
    if account is None or not account.active:
        raise NotFound("没有找到这个账号。", "请核对后再试。")
    _insist_on_other(account, actor)
    try:
        with transaction.atomic():
            given_out = Recovery.objects.filter(account=account, closed_at=None)
            given_out.exclude(confirmed_by=None).update(closed_at=at)
            row = Recovery.objects.create(
                account=account,
                reason=tidy,
                phone_lost=phone_lost,
                asked_by=actor.reference,
                asked_at=at,
            )
            _note("recovery_asked", row, actor, at, reason=tidy)
    except IntegrityError as error:
        raise CannotRecover("这个账号已经有一项找回在办。", "请先确认或撤销那一项。") from error
    return row.key


@transaction.atomic
def confirm_recovery(*, recovery: str, actor: Actor, at: datetime) -> str:
    """A second official confirms: passkeys, device, spare codes, sessions and e-mail address of the account are over.

    Returns the code, shown this once, good for a day. CannotRecover for the one who asked and when it
    is settled already; NotAllowed for oneself.
    """
    row = _locked(recovery, actor)
    if actor.reference == row.asked_by:
        raise CannotRecover("要由另一个人确认。", "请由其他有权限的工作人员确认。")
    _insist_on_other(row.account, actor)
    code = "".join(secrets.choice(rules.CODE_LETTERS) for _ in range(_CODE_LENGTH))
    row.confirmed_by, row.code_digest = actor.reference, _digest(row.key, code)
    row.expires_at = at + RECOVERY_LIFE
    row.save(update_fields=["confirmed_by", "code_digest", "expires_at"])
    removed, _ = Passkey.objects.filter(account=row.account).delete()
    SpareCode.objects.filter(account=row.account).delete()
    rows = Account.objects.filter(key=row.account_id)
    rows.update(
        totp_secret=None, totp_last_step=0, password=make_password(None), epoch=F("epoch") + 1
    )
    if row.phone_lost:
        rows.update(phone_index=None)
    messages.drop_address(owner=row.account.subject)  # whoever was in may have named his own
    _note("recovery_confirmed", row, actor, at, passkeys_removed=removed)
    if not row.phone_lost:
        tell_owner(row.account, "由窗口找回，原来的登录方式都已作废", at=at)
    return code


@transaction.atomic
def drop_recovery(*, recovery: str, actor: Actor, at: datetime) -> None:
    """It was not needed or not right; nothing of the account has changed."""
    row = _locked(recovery, actor)
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    _note("recovery_dropped", row, actor, at)


def recover(
    *, kind: AccountKind, login: str, code: str, new: str, origin: Origin, at: datetime
) -> SignedIn:
    """The person uses the code, once, and chooses a new password; every older session is over.

    CannotSignIn with one text for an unknown account, a wrong, old or used code; InvalidInput for an
    easy password; TooManyTries as for signing in.
    """
    account = find_by_login(kind, login)
    attempt = attempts.begin(
        step="recovery", name=rules.tidy_login(login), kind=kind, origin=origin, account=account
    )
    attempts.refuse_when_locked(attempt, at=at)
    row = _usable(account, code, at)
    if account is None or row is None:
        attempts.note_failure(attempt, account, at=at)
        raise CannotSignIn("找回码不正确、已经用过或者过期了。", "请核对后再试，或回到窗口办理。")
    known = tuple(v for v in (account.user_name, rules.tidy_login(login)) if v)
    sentence = rules.password_problem(new, known=known)
    if sentence:
        raise InvalidInput(fields=[FieldProblem("new", sentence, "请换一个密码。")])
    encoded = make_password(new)
    with transaction.atomic(durable=True):
        if not Recovery.objects.filter(key=row.key, closed_at=None).update(closed_at=at):
            raise CannotSignIn(
                "找回码不正确、已经用过或者过期了。", "请核对后再试，或回到窗口办理。"
            )
        Account.objects.filter(key=account.key).update(password=encoded, epoch=F("epoch") + 1)
        account.refresh_from_db()
        attempts.succeeded(attempt)
        signed_in = open_session(account=account, method=Method.RECOVERY, origin=origin, at=at)
        _note("recovered", row, signed_in.actor, at)
        return signed_in


def _usable(account: Account | None, code: str, at: datetime) -> Recovery | None:
    """The confirmed recovery this code opens; the same work when there is none."""
    row = (
        Recovery.objects.filter(account=account, closed_at=None, expires_at__gt=at).first()
        if account is not None and account.active
        else None
    )
    given = f"{row.key if row else ''}|{rules.tidy_code(code)}"
    right = crypto.is_indexed((row.code_digest if row else "") or "", plain=given, purpose=_CODE)
    return row if right else None


def _digest(key: str, code: str) -> str:
    return crypto.keyed_index(f"{key}|{code}", purpose=_CODE)


def _locked(recovery: str, actor: Actor) -> Recovery:
    row = (
        Recovery.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(key=recovery)
        .first()
    )
    if row is None:
        raise NotFound
    if not _has_role(AccountKind(row.account.kind), actor):
        raise NotFound
    if row.confirmed_by is not None or row.closed_at is not None:
        raise CannotRecover
    return row


def _has_role(kind: AccountKind, actor: Actor) -> bool:
    return any(actor.has_role(role) for role in RECOVERY_ROLES[kind])


def _insist_on_role(kind: AccountKind, actor: Actor) -> None:
    if actor.kind is not ActorKind.OFFICIAL or not _has_role(kind, actor):
        raise NotAllowed


def _insist_on_other(account: Account, actor: Actor) -> None:
    """Nobody opens a way into his own account, the private one included."""
    if account.subject in (actor.reference, actor.person):
        raise NotAllowed("不能给自己办。", "请由其他工作人员办理。")


def _note(act: str, row: Recovery, actor: Actor, at: datetime, **facts: str | int) -> None:
    journal.record(
        actor=actor,
        act=f"identity.{act}",
        subject=reference("account", row.account_id),
        at=at,
        facts={"recovery": row.key, **facts},
    )
