"""用印许可: the host's keepers say which member may use whose seal, and take it back at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.places import in_subtree
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import queries as directory
from yiwang.network.directory.definitions import DepartmentView
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import NodeRole, NodeState, NodeView
from yiwang.support.seals import queries
from yiwang.support.seals.definitions import KEEPERS, PermitView
from yiwang.support.seals.models import SealPermit
from yiwang.support.seals.refusals import CannotPermit


@transaction.atomic
def permit(*, node: str, body: str, actor: Actor, at: datetime) -> PermitView:
    """This member may have documents sealed with this body's seal; a permit that holds stays as it is.

    Refuses: NotFound (no such member or body), NotAllowed (not the keeper's place), CannotPermit (not the
    host; a body that is not of the node's place and not the node's own).
    """
    if nodes.own_role() is not NodeRole.HOST:
        raise CannotPermit("只有主节点登记用印许可。")
    member, department = nodes.get_node(node), directory.get_department(body)
    _insist(actor, department)
    if member.state is not NodeState.ACTIVE or member.role is not NodeRole.CONSUMER:
        raise CannotPermit("这个节点不是正常的成员。")
    if not _is_of(member, department):
        raise CannotPermit("这个单位不在该节点的行政区划里，也不是该节点自己的单位。")
    row, made = SealPermit.objects.get_or_create(
        node=node,
        body=body,
        revoked_at=None,
        defaults={
            "body_name": department.name,
            "division_code": department.division_code,
            "permitted_at": at,
            "permitted_by": actor.reference,
        },
    )
    if made:
        _record(row, "seals.permitted", actor, at)
    return queries.permit_view(row, member.name)


@transaction.atomic
def revoke(*, key: str, reason: str, actor: Actor, at: datetime) -> PermitView:
    """From the next request on nothing more is sealed; what is sealed stays sealed.

    Refuses: NotFound, InvalidInput (no reason), CannotPermit (revoked already).
    """
    said = " ".join(reason.split())[:200]
    if not said:
        raise InvalidInput(fields=[FieldProblem("reason", "请写明收回的原因。")])
    rows = SealPermit.objects.visible_to(actor)
    row = rows.select_for_update().filter(key=key).first()  # whoever is sealing ends first
    if row is None:
        raise NotFound
    if row.revoked_at is not None:
        raise CannotPermit("这项许可已经收回。", "请刷新页面查看最新情况。")
    row.revoked_at, row.revoked_by, row.reason = at, actor.reference, said
    row.save(update_fields=["revoked_at", "revoked_by", "reason"])
    _record(row, "seals.revoked", actor, at)
    member = nodes.find_node(row.node)
    return queries.permit_view(row, member.name if member else row.node)


def _insist(actor: Actor, department: DepartmentView) -> None:
    roles = actor.roles_at(department.division_code, department.uscc)
    if actor.kind is not ActorKind.MACHINE and not roles & set(KEEPERS):
        raise NotAllowed


def _is_of(member: NodeView, department: DepartmentView) -> bool:
    """Its own body, or one of its place."""
    if member.uscc and member.uscc == department.uscc:
        return True
    return bool(member.division_code) and in_subtree(department.division_code, member.division_code)


def _record(row: SealPermit, act: str, actor: Actor, at: datetime) -> None:
    journal.record(
        actor=actor,
        act=act,
        subject=row.reference,
        at=at,
        purpose=row.reason,
        facts={"node": row.node, "body": row.body},
    )
