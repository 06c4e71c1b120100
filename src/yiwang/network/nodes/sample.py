"""Nodes with keys of their own for tests and the sample province; a registry that is somebody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.references import new_key
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes import actions, anchor, queries, rules
from yiwang.network.nodes.actions import membership
from yiwang.network.nodes.definitions import (
    EVERYBODY,
    MEMBERS,
    VALID_FOR,
    Document,
    NodeKeyView,
    NodeRole,
    NodeState,
    NodeView,
    RequestKind,
)
from yiwang.network.nodes.models import ExchangeNode

PROVINCE: Final = "62"
LANZHOU: Final = "620100"
LANZHOU_WEB: Final = "https://lanzhou.example"
#: The province's police, as a department with a node of its own.
POLICE: Final = make_uscc("1", "1", "620000", 7)
KEY_ID: Final = "sign-node.1"


@dataclass(frozen=True, slots=True)
class FarNode:
    """Another node whose secret the test holds."""

    code: str
    name: str
    secret: bytes
    key_id: str = KEY_ID
    address: str = "http://127.0.0.1:9"
    web: str = ""

    @property
    def point(self) -> str:
        return primitives.sm2_public(self.secret).hex()

    def sign(self, data: bytes) -> str:
        """As its own installation would: ``"sm2-sm3$<key id>$<base64>"``."""
        return crypto.signature(self.secret, data, key_id=self.key_id)

    def pair_key(self, *, partner: str, key_id: str, point: str) -> bytes:
        """The key it shares with another node."""
        own, other = (self.code, self.key_id), (partner, key_id)
        return rules.pair_key(self.secret, own=own, partner=other, point=point)

    def told(self, at: datetime, state: NodeState = NodeState.ACTIVE, **changes: Any) -> Any:
        """Its line in a “members” document."""
        return self.told_as(self.key_id, self.point, at, state=state, **changes)

    def told_as(self, key_id: str, point: str, at: datetime, **changes: Any) -> dict[str, Any]:
        """The same with a key whose secret is not ours to hold."""
        key = {"id": key_id, "point": point, "from": rules.spelled(at), "until": None}
        return {
            "code": self.code,
            "name": self.name,
            "uscc": "",
            "division_code": "",
            "role": NodeRole.CONSUMER,
            "address": self.address,
            "state": NodeState.ACTIVE,
            "keys": [key],
        } | changes


def far_node(code: str = LANZHOU, name: str = "兰州市（示例）", address: str = "") -> FarNode:
    """A node nobody knows yet."""
    made = FarNode(code, name, primitives.new_sm2_key())
    return replace(made, address=address) if address else made


def asks(
    node: FarNode, kind: RequestKind, *, at: datetime, new: FarNode | None = None, **changes: str
) -> dict[str, Any]:
    """A signed request of another node; ``new``: the node under its new key."""
    brought = new or node
    texts = {
        "kind": kind.value,
        "code": node.code,
        "name": node.name,
        "uscc": "",
        "division_code": "",
        "address": node.address,
        "key_id": brought.key_id,
        "point": brought.point,
        "signed_by": node.key_id,
        "at": rules.spelled(at),
    } | changes
    text = rules.canonical(texts | {"scheme": f"{rules.SCHEME}-request"}).encode()
    return {**texts, "signature": node.sign(text), "proof": brought.sign(text)}


def asks_documents(node: FarNode, target: str, *, of: NodeView, at: datetime) -> dict[str, str]:
    """The headers another node proves itself with, in lower case."""
    time, nonce, theirs = rules.spelled(at), new_key(), of.key
    text = rules.request_text(
        method="GET", target=target, node=node.code, key_id=node.key_id, time=time, nonce=nonce
    )
    info = rules.pair_info((node.code, node.key_id), (of.code, theirs.key_id), "documents")
    shared = crypto.agree(node.secret, theirs.point, info)
    return {
        "x-exchange-node": node.code,
        "x-exchange-key": node.key_id,
        "x-exchange-to-key": theirs.key_id,
        "x-exchange-time": time,
        "x-exchange-nonce": nonce,
        "x-exchange-mac": primitives.hmac_sm3(shared, text).hex(),
    }


@transaction.atomic
def member(node: FarNode, *, at: datetime, state: NodeState = NodeState.ACTIVE) -> FarNode:
    """Enter it here, at the registry, as a member with its key."""
    row = ExchangeNode.objects.create(
        code=node.code,
        name=node.name,
        uscc=node.code if len(node.code) == 18 else "",
        role=NodeRole.CONSUMER,
        address=node.address,
        web=node.web,
        state=state,
        changed_at=at,
    )
    membership.enter_key(row, key_id=node.key_id, point=node.point, valid_from=at)
    actions.publish_members(at=at, actor=machine("sample"))
    return node


def three_nodes(*, at: datetime) -> tuple[FarNode, FarNode]:
    """This installation as the registry, with Lanzhou and the province's police as members."""
    actions.begin(at=at)
    return (
        member(replace(far_node(), web=LANZHOU_WEB), at=at),
        member(far_node(POLICE, "示例省公安厅"), at=at),
    )


@dataclass(frozen=True, slots=True)
class FarRegistry:
    """Somebody else's registry: set ``settings.REGISTRY`` to its address to be its member."""

    node: FarNode
    since: datetime  # its key's first moment

    def issue(
        self,
        body: Mapping[str, Any],
        *,
        version: int,
        at: datetime,
        part: str = MEMBERS,
        audience: str = EVERYBODY,
        **changes: Any,
    ) -> dict[str, Any]:
        """A signed document as it arrives."""
        document = Document(
            part=part,
            audience=audience,
            version=version,
            registry=self.node.code,
            text=rules.canonical(body),
            issued_at=at,
            valid_until=at + VALID_FOR,
            signed_by=self.node.key_id,
            signature="",
            body=body,
        )
        document = replace(document, **changes)
        return rules.as_wire(replace(document, signature=self.node.sign(rules.covered(document))))

    def members(
        self, *others: FarNode, version: int, at: datetime, **changes: Any
    ) -> dict[str, Any]:
        """Itself, this installation, and others."""
        own = queries.own()
        ours = FarNode(own.code, own.name, b"").told_as(
            own.key.key_id, own.key.point, at, web=queries.own_web()
        )
        nodes = [
            self.node.told(self.since, role=NodeRole.HOST),
            ours,
            *(one.told(at) for one in others),
        ]
        return self.issue({"nodes": nodes}, version=version, at=at, **changes)


def far_registry(*, at: datetime) -> FarRegistry:
    """A registry somebody confirmed here."""
    node = FarNode("63", "邻省（示例）", primitives.new_sm2_key())
    key = NodeKeyView(node.key_id, node.point, crypto.fingerprint(node.point), at, None)
    anchor.pin(code=node.code, name=node.name, key=key)
    return FarRegistry(node, at)


REQUEST_FILE: Final = "join.json"


def ask_by_file(*, at: datetime) -> None:
    """This node's signed request to join, in its home: the sample's three need no telephone."""
    anchor.write(anchor.folder() / REQUEST_FILE, actions.write_request(RequestKind.JOIN, at=at))


def confirm_by_file(*, home: Path, at: datetime) -> None:
    """At the registry: let in the node of this home, and leave our key for it to trust."""
    text = (home / "exchange" / REQUEST_FILE).read_text(encoding="utf-8")
    given = json.loads(text)
    known = queries.find_node(given["code"])
    if known is None or given["point"] not in {key.point for key in known.keys}:
        key = actions.receive(given=given, at=at)
        print_ = crypto.fingerprint(given["point"])
        actions.confirm(request=key, fingerprint=print_, at=at, actor=machine("sample"))
    own = actions.begin(at=at)
    anchor.pin(code=own.code, name=own.name, key=own.key, home=home)
