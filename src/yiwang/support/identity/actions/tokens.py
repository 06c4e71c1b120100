"""API tokens: for one account, some scopes, a limited time."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import LONGEST_GRANT, SCOPES, IssuedToken
from yiwang.support.identity.models import Account, ApiToken

_MOST_LIVING = 20


@transaction.atomic
def issue_token(
    *, name: str, scopes: Collection[str], expires_at: datetime, actor: Actor, at: datetime
) -> IssuedToken:
    """The account's owner makes a token for a program; its secret is shown this once.

    InvalidInput for an unknown scope, no scope, a term over a year or too many tokens; NotAllowed
    when a token asks for a token.
    """
    if actor.scopes is not None:
        raise NotAllowed("令牌不能再生成令牌。", "请登录后办理。")
    if actor.kind is ActorKind.OFFICIAL and actor.on_behalf_of is not None:
        raise NotAllowed("代理别人时不能生成令牌。", "请先回到自己的身份。")
    account = (
        Account.objects.select_for_update().filter(subject=actor.reference, active=True).first()
    )
    if account is None:
        raise NotFound
    _refuse_unsound(scopes, expires_at, at)
    if (
        ApiToken.objects.filter(account=account, revoked_at=None, expires_at__gt=at).count()
        >= _MOST_LIVING
    ):
        raise InvalidInput(fields=[FieldProblem("name", "令牌太多了。", "请先停用不用的令牌。")])
    token = "yw_" + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        token_digest=queries.token_digest(token),
        account=account,
        on_behalf_of=actor.on_behalf_of,
        mandate=actor.mandate.mandate if actor.mandate else "",
        name=name[:80],
        scopes=sorted(set(scopes)),
        epoch=account.epoch,
        created_at=at,
        expires_at=expires_at,
    )
    journal.record(
        actor=actor,
        act="identity.token_issued",
        subject=reference("account", account.key),
        at=at,
        facts={"token": row.key, "scopes": ",".join(row.scopes)},
    )
    return IssuedToken(key=row.key, token=token)


def _refuse_unsound(scopes: Collection[str], expires_at: datetime, at: datetime) -> None:
    problems = []
    if not scopes or set(scopes) - SCOPES.keys():
        problems.append(FieldProblem("scopes", "请选择有效的权限范围。", "至少选一项。"))
    if not at < expires_at <= at + LONGEST_GRANT:
        problems.append(FieldProblem("expires_at", "有效期应在一年以内。", "请改有效期。"))
    if problems:
        raise InvalidInput(fields=problems)


@transaction.atomic
def revoke_token(*, token: str, actor: Actor, at: datetime) -> None:
    """The owner stops a token (by its key); it is refused from now on. NotFound for another's."""
    rows = ApiToken.objects.filter(key=token, account__subject=actor.reference)
    if not rows.filter(revoked_at__isnull=True).update(revoked_at=at):
        raise NotFound
    journal.record(
        actor=actor, act="identity.token_revoked", subject=reference("token", token), at=at
    )


def still_represents(actor: Actor) -> bool:
    """May a token still act for whom it was made? Asked at each use: there is no session to end."""
    if actor.mandate is not None:
        return not actor.mandate.over
    return actor.on_behalf_of is None or libraries.represents(actor.reference, actor.on_behalf_of)
