"""A place's own staff: opening a working account, and letting somebody go."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.places import in_subtree
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.network.directory import queries as directory
from yiwang.support.identity import queries
from yiwang.support.identity.actions.accounts import create_official_account, disable_account
from yiwang.support.identity.actions.grants import revoke_grant
from yiwang.support.identity.actions.standing_in import end_all_of, insist_administers
from yiwang.support.identity.definitions import AccountKind, AccountView
from yiwang.support.identity.models import RoleGrant


@transaction.atomic
def open_staff_account(
    *, user_name: str, name: str, department: str, actor: Actor, at: datetime
) -> tuple[AccountView, str]:
    """A local administrator opens the account of a new official of a body in his place.

    Returns the account and its first password, shown this once; it may do nothing until a role is
    given by two people. Refusals: ``NotAllowed``, ``NotFound`` (the body), ``CannotOpenAccount``.
    """
    body = directory.find_departments([department]).get(department)
    if body is None:
        raise NotFound("没有这个部门。", "请核对统一社会信用代码。")
    _insist_local(actor, body.division_code, department)
    password = secrets.token_urlsafe(15)
    account = create_official_account(
        name=name[:80],
        user_name=user_name[:60],
        department=department,
        password=password,
        actor=actor,
        at=at,
    )
    return account, password


@transaction.atomic
def let_go(*, account: str, actor: Actor, at: datetime) -> None:
    """离岗: roles, stand-ins and the account end at once; who hands over open work calls this.

    Refusals: ``NotFound``, ``NotAllowed`` (not his to administer, or himself).
    """
    found = queries.get_account(account)
    if found.kind is not AccountKind.OFFICIAL or not found.active:
        raise NotFound
    if found.subject == actor.reference:
        raise NotAllowed("不能给自己办离岗。", "请由其他管理员办理。")
    insist_may_let_go(actor, account, at)
    standing = RoleGrant.objects.filter(account=account, revoked_at=None, valid_until__gt=at)
    for key in standing.values_list("key", flat=True):
        revoke_grant(grant=key, actor=actor, at=at)
    end_all_of(account, actor=actor, at=at)
    disable_account(account=account, actor=actor, at=at)


def insist_may_let_go(actor: Actor, account: str, at: datetime) -> None:
    """Who administers all he holds; who holds nothing is let go by the administrator of his body's place."""
    if queries.get_actor(account, at=at).grants:
        insist_administers(actor, account, at)
        return
    body = queries.get_account(account).department or ""
    place = directory.find_departments([body]).get(body)
    _insist_local(actor, place.division_code if place else "", body)


def _insist_local(actor: Actor, division_code: str, department: str) -> None:
    if actor.kind is ActorKind.MACHINE:
        return
    if actor.kind is not ActorKind.OFFICIAL or actor.on_behalf_of is not None:
        raise NotAllowed
    for grant in actor.grants:
        if grant.role is Role.SECURITY_ADMIN:
            return
        here = bool(division_code) and in_subtree(division_code, grant.division_code)
        if grant.role is Role.LOCAL_ADMIN and here and grant.department in (None, department):
            return
    raise NotAllowed
