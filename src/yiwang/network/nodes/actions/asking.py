"""A node asks: to be a member, for a new key to be known, to leave."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.refusals import NotAllowed
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import queries as keys
from yiwang.mechanisms.crypto import rules as crypto_rules
from yiwang.mechanisms.crypto.definitions import SIGN_PREFIX, KeyId
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import anchor, queries, rules, wire
from yiwang.network.nodes.definitions import (
    KEY_PURPOSE,
    Asked,
    NodeKeyView,
    NodeState,
    RequestKind,
    RequestState,
)
from yiwang.network.nodes.refusals import (
    CannotJoin,
    FingerprintDiffers,
    IsRegistry,
    RegistryAway,
)


def ask_to_join(*, registry_fingerprint: str, at: datetime, actor: Actor) -> RequestState:
    """Send who we are, signed, and trust the registry's key from now on.

    ``registry_fingerprint``: at least sixteen digits of it, as somebody read them out. DONE when we
    are a member already. FingerprintDiffers, CannotJoin, RegistryAway, IsRegistry.
    """
    insist_on_operator(actor)
    state, registry = _send(RequestKind.JOIN, at=at)
    key = _introduced(registry)
    wanted = spoken(registry_fingerprint)
    if len(wanted) < 16 or not key.fingerprint.startswith(wanted):
        raise FingerprintDiffers("登记机构的指纹与您输入的不同，没有信任它。")
    anchor.pin(code=registry["code"], name=registry["name"], key=key)
    _note("nodes.ask_to_join", at, actor, registry=registry["code"], key_id=key.key_id)
    return state


def ask_for_new_key(*, at: datetime, actor: Actor) -> str:
    """Make a new key and ask the registry, under the old one, to tell it to everybody; its key id.

    Asked again while the registry has not told it yet, the same key is sent again. Who is no member yet tells nobody:
    the next request to join brings the new key.
    """
    insist_on_operator(actor)
    own = queries.own()
    newest = keys.current_public_key(purpose=KEY_PURPOSE).key_id
    if newest == own.key.key_id:
        newest = crypto.rotate(SIGN_PREFIX + KEY_PURPOSE)
    if own.state is not NodeState.JOINING:
        _send(RequestKind.ROTATE, at=at)
    _note("nodes.ask_for_new_key", at, actor, key_id=newest)
    return newest


def tell_changes(*, at: datetime) -> bool:
    """When this installation is called otherwise or reached elsewhere than the members were told, tell
    the registry, signed; False: nothing to tell."""
    row = queries.find_node(settings.NODE)
    told = (settings.NODE_NAME, settings.EXCHANGE_ADDRESS, queries.own_web())
    if queries.is_registry() or row is None or row.state is not NodeState.ACTIVE:
        return False
    if (row.name, row.address, row.web) == told:
        return False
    _send(RequestKind.CHANGE, at=at)
    return True


def ask_to_leave(*, at: datetime, actor: Actor) -> None:
    """Tell the registry that this node leaves; it is told to everybody within seconds."""
    insist_on_operator(actor)
    _send(RequestKind.LEAVE, at=at)
    _note("nodes.ask_to_leave", at, actor)


def insist_on_operator(actor: Actor) -> None:
    """Operators, and the machine itself; NotAllowed for everybody else."""
    if actor.kind is not ActorKind.MACHINE and not actor.has_role(Role.OPERATOR):
        raise NotAllowed


def spoken(text: str) -> str:
    """A fingerprint as people type what they hear: any blanks, any case."""
    return "".join(text.split()).replace("-", "").lower()


@transaction.atomic
def _note(act: str, at: datetime, actor: Actor, **facts: str) -> None:
    journal.record(actor=actor, act=act, subject=f"node:{settings.NODE}", at=at, facts=facts)


def write_request(kind: RequestKind, *, at: datetime) -> Mapping[str, Any]:
    """What this node asks, with both signatures: the key others know, and the newest one it has."""
    own, newest = queries.own(), keys.current_public_key(purpose=KEY_PURPOSE)
    known = own.key_at(at).key_id if kind is not RequestKind.JOIN else newest.key_id
    if kind in (RequestKind.LEAVE, RequestKind.CHANGE):
        newest = keys.get_public_key(KeyId(known))
    asked = Asked(
        kind=kind,
        code=settings.NODE,
        name=settings.NODE_NAME,
        uscc=settings.NODE_USCC,
        division_code=settings.NODE_DIVISION,
        address=settings.EXCHANGE_ADDRESS,
        web=queries.own_web(),
        key_id=newest.key_id,
        point=newest.point,
        signed_by=known,
        at=at,
    )
    text = rules.asked_text(rules.read_asked(rules.as_asked(asked)))
    return {
        **rules.as_asked(asked),
        "signature": crypto.sign(text, purpose=KEY_PURPOSE, key_id=KeyId(known)),
        "proof": crypto.sign(text, purpose=KEY_PURPOSE, key_id=newest.key_id),
    }


def _send(kind: RequestKind, *, at: datetime) -> tuple[RequestState, Mapping[str, str]]:
    if queries.is_registry():
        raise IsRegistry
    body = json.dumps(write_request(kind, at=at)).encode()
    headers = {"Content-Type": "application/json"}
    status, said = wire.ask(settings.REGISTRY, "POST", wire.REQUESTS, headers=headers, body=body)
    refusal = said.get("refusal")
    if isinstance(refusal, dict):
        raise CannotJoin(str(refusal.get("sentence", "")), str(refusal.get("remedy", "")))
    if status not in (200, 202):
        raise RegistryAway
    return (RequestState.DONE if status == 200 else RequestState.WAITING), said["registry"]


def _introduced(registry: Mapping[str, str]) -> NodeKeyView:
    try:
        point = registry["point"]
        if not crypto_rules.is_point(point) or not rules.is_code(registry["code"]):
            raise RegistryAway("登记机构的回答看不懂。")
        since = rules.moment(registry["valid_from"])
        found = crypto_rules.fingerprint(point)
        return NodeKeyView(registry["key_id"], point, found, since, None)
    except (KeyError, TypeError, ValueError) as error:
        raise RegistryAway from error
