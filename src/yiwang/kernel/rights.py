"""The one way rows are narrowed to what an actor may see."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from yiwang.kernel.actor import Actor, ActorKind, PowerAct, Role
from yiwang.kernel.places import in_subtree, significant_prefix

NOTHING = Q(pk__in=[])
EVERYTHING = Q()


def scope_filter(
    actor: Actor,
    *,
    roles: Collection[Role],
    owner: str = "applicant",
    division: str = "division_code",
    department: str = "department",
    item: str = "",
    act: PowerAct = PowerAct.SEE,
) -> Q:
    """A condition for ``queryset.filter``: own rows, or rows inside a grant of one of ``roles``.

    ``owner``, ``division``, ``department``: the table's column names (or lookups) for the owner's
    reference, the 12-digit division and the department's USCC. ``item``: its column of the item
    code, ``act``: what a mandate must allow for these rows; a table without ``item`` shows nothing
    to a mandate for some items only. Machines see all, the anonymous none.
    """
    if actor.kind is ActorKind.MACHINE:
        return EVERYTHING
    if actor.kind in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        return Q(**{owner: actor.applicant}) & within_mandate(actor, item=item, act=act)
    condition = NOTHING
    for grant in actor.grants:
        if actor.kind is not ActorKind.OFFICIAL or grant.role not in roles:
            continue
        place = Q(**{f"{division}__startswith": significant_prefix(grant.division_code)})
        body = Q(**{department: grant.department}) if grant.department else EVERYTHING
        condition |= place & body
    return condition


def in_scope(
    actor: Actor,
    *,
    roles: Collection[Role],
    owner: str,
    division_code: str,
    department: str,
    item_code: str,
    act: PowerAct = PowerAct.SEE,
) -> bool:
    """What ``scope_filter`` says of one row that was read already: is it within this actor's rights?"""
    if actor.kind is ActorKind.MACHINE:
        return True
    if actor.kind in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        power = actor.mandate
        return owner == actor.applicant and (power is None or power.covers(act, item_code))
    return actor.kind is ActorKind.OFFICIAL and any(
        grant.role in roles
        and in_subtree(division_code, grant.division_code)
        and (not grant.department or grant.department == department)
        for grant in actor.grants
    )


def within_mandate(actor: Actor, *, item: str = "", act: PowerAct = PowerAct.SEE) -> Q:
    """What a mandate leaves of the giver's rows; everything for who acts by no mandate."""
    power = actor.mandate
    if power is None:
        return EVERYTHING
    if not power.allows(act):
        return NOTHING
    if power.items is None:
        return EVERYTHING
    return Q(**{f"{item}__in": sorted(power.items)}) if item else NOTHING
