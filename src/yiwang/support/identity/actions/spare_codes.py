"""备用码: ten codes on paper for an official whose device is not at hand; each lets him in once.

Shown when they are made and never again; we keep keyed digests. They stand for the second factor, not
for the password, and failures count with those of the device's numbers.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotAllowed
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import queries, rules
from yiwang.support.identity.actions.passkeys import insist_on_fresh
from yiwang.support.identity.actions.telling import tell_owner
from yiwang.support.identity.definitions import AccountKind
from yiwang.support.identity.definitions.factors import SPARE_CODES, CannotMakeSpareCodes
from yiwang.support.identity.models import Account, SpareCode

#: Ten characters nobody mixes up: 32^10 codes, ten of them right.
_CODE_LENGTH = 10
_CODE = "identity.spare_code"


@transaction.atomic
def make_spare_codes(*, session_key: str, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Ten new codes, shown this once; those made before are void.

    NeedsStepUp unless he proved himself within fifteen minutes; NotAllowed for citizens;
    CannotMakeSpareCodes without a second factor they could stand for.
    """
    account = insist_on_fresh(session_key, actor, at, lock=True)
    if account.kind != AccountKind.OFFICIAL:
        raise NotAllowed("备用码只用于工作账号。", "个人账号可以添加通行密钥。")
    if not queries.has_second_factor(account):
        raise CannotMakeSpareCodes
    codes = tuple(
        "".join(secrets.choice(rules.CODE_LETTERS) for _ in range(_CODE_LENGTH))
        for _ in range(SPARE_CODES)
    )
    SpareCode.objects.filter(account=account).delete()
    SpareCode.objects.bulk_create(
        SpareCode(account=account, code_digest=_digest(account, code), made_at=at) for code in codes
    )
    _note("spare_codes_made", account, actor, at, count=len(codes))
    tell_owner(account, "生成了一组备用码，以前的都作废", at=at)
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


@transaction.atomic
def spend_spare_code(account: Account, code: str, *, at: datetime) -> bool:
    """Is this one of the account's codes, and not used yet? Used from now on, and its owner is told."""
    tidy = rules.tidy_code(code)
    rows = SpareCode.objects.filter(account=account, used_at=None)
    digests = crypto.keyed_indexes(f"{account.key}|{tidy}", purpose=_CODE)
    if not rows.filter(code_digest__in=digests).update(used_at=at):
        return False
    left = rows.count()
    actor = queries.get_actor(account.key, at=at)
    _note("spare_code_used", account, actor, at, left=left)
    tell_owner(account, f"用了一个备用码登录，还剩 {left} 个", at=at)
    return True


def _digest(account: Account, code: str) -> str:
    return crypto.keyed_index(f"{account.key}|{code}", purpose=_CODE)


def _note(act: str, account: Account, actor: Actor, at: datetime, **facts: int) -> None:
    journal.record(
        actor=actor,
        act=f"identity.{act}",
        subject=reference("account", account.key),
        at=at,
        facts=facts,
    )
