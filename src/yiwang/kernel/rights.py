"""The one way rows are narrowed to what an actor may see."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.places import significant_prefix

NOTHING = Q(pk__in=[])
EVERYTHING = Q()


def scope_filter(
    actor: Actor,
    *,
    roles: Collection[Role],
    owner: str = "applicant",
    division: str = "division_code",
    department: str = "department",
) -> Q:
    """A condition for ``queryset.filter``: own rows, or rows inside a grant of one of ``roles``.

    ``owner``, ``division``, ``department``: the table's column names (or lookups) for the owner's
    reference, the 12-digit division and the department's USCC. Machines see all, the anonymous
    none.
    """
    if actor.kind is ActorKind.MACHINE:
        return EVERYTHING
    if actor.kind in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        return Q(**{owner: actor.applicant})
    condition = NOTHING
    for grant in actor.grants:
        if actor.kind is not ActorKind.OFFICIAL or grant.role not in roles:
            continue
        place = Q(**{f"{division}__startswith": significant_prefix(grant.division_code)})
        body = Q(**{department: grant.department}) if grant.department else EVERYTHING
        condition |= place & body
    return condition
