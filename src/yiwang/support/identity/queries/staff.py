"""The officials of a place, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.places import significant_prefix
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.network.directory import queries as directory
from yiwang.network.directory.definitions import DepartmentView
from yiwang.support.identity.definitions import AccountKind
from yiwang.support.identity.definitions.duties import StandInView
from yiwang.support.identity.models import Account, RoleGrant, StandIn

_MOST = 200


def places_of(actor: Actor) -> tuple[tuple[str, str | None], ...]:
    """Where (division, body or None) somebody is local administrator; ``NotAllowed`` nowhere."""
    found = tuple(
        (grant.division_code, grant.department)
        for grant in actor.grants
        if grant.role is Role.LOCAL_ADMIN
    )
    if not found or actor.on_behalf_of is not None:
        raise NotAllowed
    return found


def whole_place_of(actor: Actor) -> str:
    """The first whole place he looks after; ``NotAllowed`` for a body's own administrator."""
    whole = [division for division, body in places_of(actor) if body is None]
    if not whole:
        raise NotAllowed
    return whole[0]


def list_bodies(actor: Actor) -> tuple[DepartmentView, ...]:
    """The bodies of the places this administrator looks after. ``NotAllowed``."""
    found: dict[str, DepartmentView] = {}
    for division, body in places_of(actor):
        for one in directory.list_departments_below(division):
            if body in (None, one.uscc):
                found[one.uscc] = one
    return tuple(found.values())


def insist_on_staff(account: str, actor: Actor, *, at: datetime) -> None:
    """An official of the administrator's place, or ``NotFound`` as if there were none."""
    bodies = {one.uscc for one in list_bodies(actor)}
    if not list_staff(actor, bodies=bodies, at=at, only=account):
        raise NotFound


def list_staff(
    actor: Actor,
    *,
    bodies: Collection[str],
    at: datetime,
    after: str = "",
    limit: int = 50,
    only: str = "",
) -> tuple[tuple[str, str, str, str], ...]:
    """(account, name, user name, body) of the active officials of these bodies or with a role in the
    administrator's place, by user name. ``bodies``: USCCs of the place, as the directory has them;
    ``only``: one account, to ask whether it is among them."""
    here = Q()
    for division, body in places_of(actor):
        prefix = Q(division_code__startswith=significant_prefix(division))
        here |= prefix & (Q(department=body) if body else Q())
    holding = RoleGrant.objects.filter(here, revoked_at=None, valid_until__gt=at)
    rows = Account.objects.filter(
        Q(department__in=list(bodies)) | Q(key__in=holding.values("account")),
        kind=AccountKind.OFFICIAL,
        active=True,
        user_name__gt=after,
    ).order_by("user_name")
    if only:
        rows = rows.filter(key=only)
    found = rows.values_list("key", "display_name", "user_name", "department")
    return tuple((k, n, u or "", d or "") for k, n, u, d in found[: min(limit, _MOST)])


def get_stand_in(key: str) -> StandInView:
    """One stand-in; the caller has checked whose it is. ``NotFound``."""
    row = StandIn.objects.select_related("principal", "taker", "post").filter(key=key).first()
    if row is None:
        raise NotFound
    return _stand_in(row)


def list_stand_ins(reference: str, *, at: datetime) -> tuple[StandInView, ...]:
    """What an official gave or took that is not over, the first to end first."""
    mine = Q(principal__subject=reference) | Q(taker__subject=reference)
    return _list(mine, at)


def list_stand_ins_of_staff(accounts: Collection[str], *, at: datetime) -> tuple[StandInView, ...]:
    """The same for the officials of a place; the caller has checked whose place it is."""
    return _list(Q(principal__in=list(accounts)), at)


def _list(which: Q, at: datetime) -> tuple[StandInView, ...]:
    rows = StandIn.objects.select_related("principal", "taker", "post").filter(
        which, ended_at=None, valid_until__gt=at
    )
    return tuple(_stand_in(row) for row in rows.order_by("valid_until", "key")[:_MOST])


def _stand_in(row: StandIn) -> StandInView:
    return StandInView(
        key=row.key,
        principal=row.principal.subject,
        principal_name=row.principal.display_name,
        taker=row.taker.subject,
        taker_name=row.taker.display_name,
        reason=row.reason,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        asked_by=row.asked_by,
        confirmed_by=row.confirmed_by,
        ended_at=row.ended_at,
        post=row.post_id or "",
        post_name=row.post.name if row.post else "",
    )
