"""A post of the body, which its administrators alone see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from yiwang.kernel.actor import Actor, Role
from yiwang.network.directory import sample as places
from yiwang.project.sweep.definitions import Thing
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts

_ADMINISTRATORS: Final = frozenset({Role.LOCAL_ADMIN, Role.SECURITY_ADMIN})


def make_post(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A post nobody holds."""
    post = identity.define_post(
        name=f"权限检查岗{owner.applicant[-6:]}",
        division_code=places.CHENGGUAN,
        department=department,
        roles=(Role.HANDLER,),
        actor=accounts.GRANTER,
        at=at,
    )
    return {"post": Thing(post.key, "", places.CHENGGUAN, department, _ADMINISTRATORS)}
