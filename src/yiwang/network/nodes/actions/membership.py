"""Who the members are: entered at the registry, told to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from yiwang.kernel.actor import Actor, machine
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes import queries, rules
from yiwang.network.nodes.actions import publishing
from yiwang.network.nodes.definitions import (
    MEMBERS,
    Document,
    NodeKeyView,
    NodeRole,
    NodeState,
    NodeView,
)
from yiwang.network.nodes.models import ExchangeNode, NodeKey
from yiwang.network.nodes.refusals import CannotTake


@transaction.atomic
def begin(*, at: datetime) -> NodeView:
    """At every start: this installation has a key; the registry knows itself and tells the members.

    Safe to repeat; what others know of us (address, name) is brought up to date.
    """
    own = queries.own()
    if not queries.is_registry():
        return own
    publishing.lock(MEMBERS, "")
    fields = {
        "name": settings.NODE_NAME,
        "uscc": settings.NODE_USCC,
        "division_code": settings.NODE_DIVISION,
        "role": queries.own_role(),
        "address": settings.EXCHANGE_ADDRESS,
        "web": queries.own_web(),
        "state": NodeState.ACTIVE,
    }
    row, made = ExchangeNode.objects.get_or_create(
        code=own.code, defaults={**fields, "changed_at": at}
    )
    if not made:
        _change(row, fields, at)
    if not row.keys.exists():
        enter_key(row, key_id=own.key.key_id, point=own.key.point, valid_from=at)
    publish_members(at=at, actor=machine("nodes"))
    return queries.get_node(own.code)


def _change(row: ExchangeNode, fields: Mapping[str, Any], at: datetime) -> None:
    if any(getattr(row, name) != value for name, value in fields.items()):
        ExchangeNode.objects.filter(pk=row.pk).update(**fields, changed_at=at)


def enter_key(row: ExchangeNode, *, key_id: str, point: str, valid_from: datetime) -> NodeKey:
    """A public key of a node from a moment on."""
    return NodeKey.objects.create(
        node=row,
        key_id=key_id,
        point=point,
        fingerprint=crypto.fingerprint(point),
        valid_from=valid_from,
    )


def publish_members(*, at: datetime, actor: Actor) -> int:
    """Tell everybody who is a member now."""
    publishing.notify(MEMBERS)
    nodes = [_told(one) for one in queries.list_nodes()]
    return publishing.publish(part=MEMBERS, body={"nodes": nodes}, at=at, actor=actor)


def _told(node: NodeView) -> dict[str, Any]:
    return {
        "code": node.code,
        "name": node.name,
        "uscc": node.uscc,
        "division_code": node.division_code,
        "role": node.role,
        "address": node.address,
        "web": node.web,
        "state": node.state,
        "keys": [_told_key(key) for key in node.keys],
    }


def _told_key(key: NodeKeyView) -> dict[str, Any]:
    until = rules.spelled(key.valid_until) if key.valid_until else None
    return {
        "id": key.key_id,
        "point": key.point,
        "from": rules.spelled(key.valid_from),
        "until": until,
    }


def apply_members(document: Document, *, at: datetime) -> None:
    """The rows say what the document says; who is no longer in it has left."""
    try:
        told = [(one["code"], one, one["keys"]) for one in document.body["nodes"]]
        for code, node, keys in told:
            _apply(code, node, keys, document, at)
    except (KeyError, TypeError, ValueError) as error:
        raise CannotTake from error
    gone = ExchangeNode.objects.exclude(code__in=[code for code, _node, _keys in told])
    gone.update(state=NodeState.LEFT, known_until=document.valid_until, changed_at=at)


def _apply(
    code: str,
    node: Mapping[str, Any],
    keys: list[Mapping[str, Any]],
    document: Document,
    at: datetime,
) -> None:
    row, _made = ExchangeNode.objects.update_or_create(
        code=code,
        defaults={
            "name": node["name"],
            "uscc": node["uscc"],
            "division_code": node["division_code"],
            "role": NodeRole(node["role"]),
            "address": node["address"],
            "web": node.get("web", ""),
            "state": NodeState(node["state"]),
            "known_until": document.valid_until,
            "changed_at": at,
        },
    )
    for key in keys:
        point = key["point"]
        if not crypto.is_point(point):
            raise ValueError(code)
        NodeKey.objects.update_or_create(
            node=row,
            key_id=key["id"],
            defaults={
                "point": point,
                "fingerprint": crypto.fingerprint(point),
                "valid_from": rules.moment(key["from"]),
                "valid_until": rules.moment(key["until"]) if key["until"] else None,
            },
        )
