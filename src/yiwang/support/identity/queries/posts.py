"""岗位: the posts of a place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.places import significant_prefix
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.support.identity import rules
from yiwang.support.identity.definitions.duties import PostView
from yiwang.support.identity.models import Post

_MOST = 200


def giving(roles: Collection[Role]) -> Q:
    """The grants that give one of these roles, by themselves or with a post (for this module)."""
    return Q(role__in=list(roles)) | Q(post__roles__overlap=list(roles), post__ended_at=None)


def list_posts(actor: Actor, *, at: datetime, after: str = "") -> tuple[PostView, ...]:
    """The open posts an administrator looks after, by name; ``after``: the key seen last.

    ``NotAllowed`` for who administers nothing.
    """
    rows = Post.objects.filter(_administered(actor), ended_at=None).order_by("name", "key")
    last = rows.filter(key=after).first() if after else None
    if last is not None:
        rows = rows.filter(Q(name__gt=last.name) | Q(name=last.name, key__gt=last.key))
    counting = Q(
        rolegrant__revoked_at=None,
        rolegrant__confirmed_by__isnull=False,
        rolegrant__valid_from__lte=at,
        rolegrant__valid_until__gt=at,
    )
    rows = rows.annotate(holders=Count("rolegrant__account", filter=counting, distinct=True))
    return tuple(view_of(row, row.holders) for row in rows[:_MOST])


def get_post(key: str, actor: Actor) -> PostView:
    """One post of the administrator's place, an ended one too; ``NotFound``, ``NotAllowed``."""
    row = Post.objects.filter(_administered(actor), key=key).first()
    if row is None:
        raise NotFound
    return view_of(row)


def _administered(actor: Actor) -> Q:
    """All for a security administrator; a local one's of his place and body."""
    if actor.on_behalf_of is not None or actor.kind is not ActorKind.OFFICIAL:
        raise NotAllowed
    here, found = Q(), False
    for grant in actor.grants:
        if grant.role is Role.SECURITY_ADMIN:
            return Q()
        if grant.role is Role.LOCAL_ADMIN:
            place = Q(division_code__startswith=significant_prefix(grant.division_code))
            here |= place & (Q(department=grant.department) if grant.department else Q())
            found = True
    if not found:
        raise NotAllowed
    return here


def view_of(row: Post, holders: int = 0) -> PostView:
    """A row as administrators see it (for this module's actions)."""
    roles = tuple(Role(one) for one in row.roles)
    return PostView(
        key=row.key,
        name=row.name,
        division_code=row.division_code,
        department=row.department,
        roles=roles,
        roles_label=rules.label_of(roles),
        defined_at=row.defined_at,
        ended_at=row.ended_at,
        holders=holders,
    )
