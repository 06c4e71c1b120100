"""Roles and posts: granted by one, confirmed by another, for a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.places import pad, significant_prefix
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import rules
from yiwang.support.identity.definitions import (
    LONGEST_GRANT,
    AccountKind,
    CannotConfirm,
)
from yiwang.support.identity.definitions.duties import APART, CannotBeTwoAdministrators
from yiwang.support.identity.models import Account, Post, RoleGrant
from yiwang.support.identity.queries.posts import giving


def insist_may_grant(
    actor: Actor, *, role: Role, division_code: str, department: str | None
) -> None:
    """A security administrator anywhere; a local administrator the working roles of his own place.

    Nobody by another's right: who stands in or acts by a mandate gives no role. ``NotAllowed``.
    """
    if actor.kind is ActorKind.MACHINE:
        return
    if actor.on_behalf_of is not None or not rules.may_grant(
        actor.grants, role=role, division_code=division_code, department=department
    ):
        raise NotAllowed


def insist_may_grant_all(
    actor: Actor, *, roles: Collection[Role], division_code: str, department: str | None
) -> None:
    """The same for every role of a post."""
    for role in roles:
        insist_may_grant(actor, role=role, division_code=division_code, department=department)


def _insist_apart(account: Account, roles: Collection[Role], at: datetime) -> None:
    """三员分立: of the three administrators nobody is two. The account's row is locked."""
    wanted = APART & set(roles)
    if not wanted:
        return
    standing = RoleGrant.objects.filter(
        giving(APART - wanted), account=account, revoked_at=None, valid_until__gt=at
    )
    if len(wanted) > 1 or standing.exists():
        raise CannotBeTwoAdministrators


@transaction.atomic
def grant_role(
    *,
    account: str,
    role: Role,
    division_code: str,
    department: str | None,
    valid_until: datetime,
    actor: Actor,
    at: datetime,
    valid_from: datetime | None = None,
) -> str:
    """An administrator gives an official a role in a division subtree, for at most a year.

    ``valid_from``: later than now, when it is to begin later. Returns the grant's key; it counts
    only once somebody else confirms it. NotAllowed without the right, InvalidInput for a term that
    is over or too long, NotFound unless an active official, CannotBeTwoAdministrators.
    """
    significant_prefix(division_code)
    row = RoleGrant(role=role, division_code=division_code, department=department)
    return _give(row, account, (valid_from or at, valid_until), actor, at)


@transaction.atomic
def grant_post(
    *,
    account: str,
    post: str,
    valid_until: datetime,
    actor: Actor,
    at: datetime,
    valid_from: datetime | None = None,
) -> str:
    """An administrator gives an official a post with all of its roles; all else as ``grant_role``.

    NotFound also for a post that is no more.
    """
    found = Post.objects.select_for_update().filter(key=post, ended_at=None).first()
    if found is None:
        raise NotFound("没有这个岗位，或者岗位已停用。", "请重选岗位。")
    row = RoleGrant(post=found, division_code=found.division_code, department=found.department)
    return _give(row, account, (valid_from or at, valid_until), actor, at)


def _give(
    row: RoleGrant, account: str, term: tuple[datetime, datetime], actor: Actor, at: datetime
) -> str:
    """The proposal of one, whatever it gives."""
    _insist_may_settle(actor, row)
    if not at <= term[0] < term[1] <= at + LONGEST_GRANT:
        problem = FieldProblem("valid_until", "授权期限应从今天起、在一年以内。", "请改期限。")
        raise InvalidInput(fields=[problem])
    rows = Account.objects.select_for_update()
    official = rows.filter(key=account, kind=AccountKind.OFFICIAL, active=True).first()
    if official is None:
        raise NotFound
    if official.subject == actor.reference:
        raise NotAllowed("不能给自己授权。", "请由其他安全管理员办理。")
    _insist_apart(official, row.roles, at)
    row.account, row.granted_by = official, actor.reference
    row.valid_from, row.valid_until = term
    row.save(force_insert=True)
    _note("role_granted", row, actor, at)
    return row.key


@transaction.atomic
def appoint_first_admins(*, one: str, two: str, actor: Actor, at: datetime) -> None:
    """The first two security administrators of an installation, each confirming the other.

    NotAllowed unless the machine itself asks and while there is a security administrator;
    CannotConfirm when it is the same person twice; NotFound unless both are active officials.
    """
    with connection.cursor() as cursor:
        cursor.execute("lock table identity_rolegrant in share row exclusive mode")
    standing = RoleGrant.objects.filter(
        giving((Role.SECURITY_ADMIN,)), revoked_at__isnull=True, valid_until__gt=at
    )
    if actor.kind is not ActorKind.MACHINE or standing.exists():
        raise NotAllowed("已经有安全管理员了。", "请由他们授权。")
    found = Account.objects.filter(key__in=[one, two], kind=AccountKind.OFFICIAL, active=True)
    officials = {row.key: row for row in found}
    if one == two:
        raise CannotConfirm("两位安全管理员要是不同的人。", "请再选一位。")
    if len(officials) != 2:
        raise NotFound
    for who, other in ((one, two), (two, one)):
        row = RoleGrant.objects.create(
            account=officials[who],
            role=Role.SECURITY_ADMIN,
            division_code=pad(settings.HOME_DIVISION[:2]),
            valid_from=at,
            valid_until=at + LONGEST_GRANT,
            granted_by=actor.reference,
            confirmed_by=officials[other].subject,
        )
        _end_sessions(row)
        _note("first_admin_appointed", row, actor, at)


@transaction.atomic
def confirm_grant(*, grant: str, actor: Actor, at: datetime) -> None:
    """A second person confirms a grant; the official signs in anew with it.

    CannotConfirm for the one who gave it or the one who gets it, or when it was already settled.
    """
    row = _locked(grant)
    if row is None:
        raise NotFound
    _insist_may_settle(actor, row)
    if actor.reference in (row.granted_by, row.account.subject):
        raise CannotConfirm("授权要由另一个人确认。", "请由其他安全管理员确认。")
    if row.confirmed_by is not None or row.revoked_at is not None:
        raise CannotConfirm
    _insist_apart(row.account, row.roles, at)
    row.confirmed_by = actor.reference
    row.save(update_fields=["confirmed_by"])
    _end_sessions(row)
    _note("grant_confirmed", row, actor, at)


@transaction.atomic
def revoke_grant(*, grant: str, actor: Actor, at: datetime) -> None:
    """A role or post is taken back; the official's sessions end. NotFound unless it stands."""
    row = _locked(grant)
    if row is None or row.revoked_at is not None:
        raise NotFound
    _insist_may_settle(actor, row)
    take_back(row, actor, at)


def take_back(row: RoleGrant, actor: Actor, at: datetime) -> None:
    """A locked grant is over, and so are the sessions and tokens of who had it (for this module)."""
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    _end_sessions(row)
    _note("grant_revoked", row, actor, at)


def _locked(key: str) -> RoleGrant | None:
    rows = RoleGrant.objects.select_for_update(of=("self",)).select_related("account", "post")
    return rows.filter(key=key).first()


def _insist_may_settle(actor: Actor, row: RoleGrant) -> None:
    insist_may_grant_all(
        actor, roles=row.roles, division_code=row.division_code, department=row.department
    )


def _end_sessions(row: RoleGrant) -> None:
    Account.objects.filter(key=row.account_id).update(epoch=F("epoch") + 1)


def _note(act: str, row: RoleGrant, actor: Actor, at: datetime) -> None:
    journal.record(
        actor=actor,
        act=f"identity.{act}",
        subject=reference("account", row.account_id),
        at=at,
        facts={
            "grant": row.key,
            "role": row.role,
            "post": row.post_id or "",
            "division": row.division_code,
            "department": row.department,
        },
    )
