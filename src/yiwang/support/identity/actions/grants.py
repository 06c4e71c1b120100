"""Roles: granted by one, confirmed by another, for a time."""

from __future__ import annotations

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
from yiwang.support.identity.models import Account, RoleGrant


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


def _insist_apart(account: Account, role: Role, at: datetime) -> None:
    """三员分立: of the three administrators nobody is two. The account's row is locked."""
    if role not in APART:
        return
    standing = RoleGrant.objects.filter(
        account=account, role__in=APART - {role}, revoked_at=None, valid_until__gt=at
    )
    if standing.exists():
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
) -> str:
    """An administrator gives an official a role in a division subtree, for at most a year.

    Returns the grant's key; it counts only once somebody else confirms it. NotAllowed without the
    right, InvalidInput for a term that is over or too long, NotFound unless an active official,
    CannotBeTwoAdministrators.
    """
    insist_may_grant(actor, role=role, division_code=division_code, department=department)
    significant_prefix(division_code)
    if not at < valid_until <= at + LONGEST_GRANT:
        problem = FieldProblem("valid_until", "授权期限应在一年以内。", "请改期限。")
        raise InvalidInput(fields=[problem])
    rows = Account.objects.select_for_update()
    official = rows.filter(key=account, kind=AccountKind.OFFICIAL, active=True).first()
    if official is None:
        raise NotFound
    if official.subject == actor.reference:
        raise NotAllowed("不能给自己授权。", "请由其他安全管理员办理。")
    _insist_apart(official, role, at)
    row = RoleGrant.objects.create(
        account=official,
        role=role,
        division_code=division_code,
        department=department,
        valid_from=at,
        valid_until=valid_until,
        granted_by=actor.reference,
    )
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
        role=Role.SECURITY_ADMIN, revoked_at__isnull=True, valid_until__gt=at
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
    row = RoleGrant.objects.select_for_update().select_related("account").filter(key=grant).first()
    if row is None:
        raise NotFound
    _insist_may_settle(actor, row)
    if actor.reference in (row.granted_by, row.account.subject):
        raise CannotConfirm("授权要由另一个人确认。", "请由其他安全管理员确认。")
    if row.confirmed_by is not None or row.revoked_at is not None:
        raise CannotConfirm
    _insist_apart(row.account, Role(row.role), at)
    row.confirmed_by = actor.reference
    row.save(update_fields=["confirmed_by"])
    _end_sessions(row)
    _note("grant_confirmed", row, actor, at)


@transaction.atomic
def revoke_grant(*, grant: str, actor: Actor, at: datetime) -> None:
    """A role is taken back; the official's sessions end. NotFound unless it stands."""
    row = RoleGrant.objects.select_for_update().select_related("account").filter(key=grant).first()
    if row is None or row.revoked_at is not None:
        raise NotFound
    _insist_may_settle(actor, row)
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    _end_sessions(row)
    _note("grant_revoked", row, actor, at)


def _insist_may_settle(actor: Actor, row: RoleGrant) -> None:
    insist_may_grant(
        actor, role=Role(row.role), division_code=row.division_code, department=row.department
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
            "division": row.division_code,
            "department": row.department,
        },
    )
