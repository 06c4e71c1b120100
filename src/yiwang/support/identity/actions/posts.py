"""岗位: a name for the roles that belong together in a body; who holds it is granted by two people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.places import significant_prefix
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity.actions.grants import insist_may_grant_all, take_back
from yiwang.support.identity.actions.standing_in import end_all_for
from yiwang.support.identity.definitions.duties import (
    APART,
    LONGEST_POST_NAME,
    CannotBeTwoAdministrators,
    CannotDefinePost,
    PostView,
)
from yiwang.support.identity.models import Post, RoleGrant
from yiwang.support.identity.queries.posts import view_of


@transaction.atomic
def define_post(
    *,
    name: str,
    division_code: str,
    department: str | None,
    roles: Collection[Role],
    actor: Actor,
    at: datetime,
) -> PostView:
    """An administrator names the roles that go together; he may only bundle what he may give.

    The bundle never changes. Refusals: ``NotAllowed``, ``InvalidInput`` (name, roles),
    ``CannotDefinePost`` (the name is taken), ``CannotBeTwoAdministrators``.
    """
    wrong = []
    if not 0 < len(name.strip()) <= LONGEST_POST_NAME:
        wrong.append(FieldProblem("name", "请写岗位名称。", f"最多 {LONGEST_POST_NAME} 字。"))
    if not roles:
        wrong.append(FieldProblem("roles", "还没有选角色。", "至少选一项。"))
    if wrong:
        raise InvalidInput(fields=wrong)
    significant_prefix(division_code)
    insist_may_grant_all(actor, roles=roles, division_code=division_code, department=department)
    if len(APART & set(roles)) > 1:
        raise CannotBeTwoAdministrators
    row, made = Post.objects.get_or_create(
        name=name.strip(),
        division_code=division_code,
        department=department,
        ended_at=None,
        defaults={
            "roles": [role.value for role in Role if role in roles],
            "defined_by": actor.reference,
            "defined_at": at,
        },
    )
    if not made:
        raise CannotDefinePost
    _note("post_defined", row, actor, at)
    return view_of(row)


@transaction.atomic
def end_post(*, post: str, actor: Actor, at: datetime) -> None:
    """停用: its roles, its stand-ins and the sessions of who held it are over at once.

    Refusals: ``NotFound`` unless it is open, ``NotAllowed``.
    """
    row = Post.objects.select_for_update().filter(key=post, ended_at=None).first()
    if row is None:
        raise NotFound
    insist_may_grant_all(
        actor,
        roles=[Role(one) for one in row.roles],
        division_code=row.division_code,
        department=row.department,
    )
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    standing = RoleGrant.objects.select_for_update(of=("self",)).select_related("account", "post")
    for grant in standing.filter(post=row, revoked_at=None).order_by("key"):
        take_back(grant, actor, at)
    end_all_for(row.key, actor=actor, at=at)
    _note("post_ended", row, actor, at)


def _note(act: str, row: Post, actor: Actor, at: datetime) -> None:
    journal.record(
        actor=actor,
        act=f"identity.{act}",
        subject=reference("post", row.key),
        at=at,
        facts={
            "name": row.name,
            "roles": ",".join(row.roles),
            "division": row.division_code,
            "department": row.department,
        },
    )
