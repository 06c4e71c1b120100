"""统一身份认证: is there a host to ask, who asks us as its host, and what a person agreed to."""

from __future__ import annotations

import re
from typing import Final

from yiwang.kernel.actor import Actor
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import NodeRole, NodeState
from yiwang.support.identity.definitions.sso import (
    Asking,
    CannotVouch,
    ConsentView,
    HostDoor,
    NoHost,
)
from yiwang.support.identity.models import Account, NodeConsent

_STATE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_CHALLENGE: Final = re.compile(r"[0-9a-f]{64}")
_LEVELS: Final = ("2", "3", "4", "5")
_MOST: Final = 100


def find_host() -> HostDoor | None:
    """The host people may sign in by at this node's door, as the registry's signed documents say; None at
    the host itself, alone, and while this node or the host is kept out."""
    if nodes.own_role() is not NodeRole.CONSUMER:
        return None
    own, host = nodes.own(), nodes.find_host()
    if host is None or not host.web or not own.web:
        return None
    if {own.state, host.state} != {NodeState.ACTIVE}:
        return None
    contact = nodes.find_contact()
    away = contact.since if contact is not None and contact.problem else None
    return HostDoor(host.code, host.name, host.web, away)


def get_host() -> HostDoor:
    """The same; NoHost."""
    found = find_host()
    if found is None:
        raise NoHost
    return found


def get_asking(*, node: str, state: str, challenge: str, level: str) -> Asking:
    """What a member's page asks us as its host, checked. CannotVouch for anybody but an active member that
    told the registry where its pages are, and for a question out of form."""
    found = nodes.find_node(node[:32]) if nodes.own_role() is NodeRole.HOST else None
    well_formed = _STATE.fullmatch(state) and _CHALLENGE.fullmatch(challenge) and level in _LEVELS
    if found is None or found.role is not NodeRole.CONSUMER or not well_formed:
        raise CannotVouch
    if found.state is not NodeState.ACTIVE or not found.web:
        raise CannotVouch
    return Asking(found.code, found.name, found.web, state, challenge, int(level))


def has_consented(actor: Actor, node: str) -> bool:
    """Did this person agree to be vouched for at this member?"""
    return NodeConsent.objects.filter(
        account__subject=actor.reference, node=node, withdrawn_at=None
    ).exists()


def list_consents(actor: Actor) -> tuple[ConsentView, ...]:
    """The members I may sign in at by this platform, the last used first."""
    account = Account.objects.filter(subject=actor.reference).first()
    if account is None:
        return ()
    rows = NodeConsent.objects.filter(account=account, withdrawn_at=None)
    found = rows.order_by("-used_at", "key")[:_MOST]
    names = {row.node: nodes.find_node(row.node) for row in found}
    return tuple(
        ConsentView(
            key=row.key,
            node=row.node,
            node_name=node.name if (node := names[row.node]) else row.node,
            given_at=row.given_at,
            used_at=row.used_at,
        )
        for row in found
    )
