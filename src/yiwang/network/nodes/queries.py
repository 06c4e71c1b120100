"""Questions about nodes and the documents in force."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from django.conf import settings

from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import queries as crypto
from yiwang.network.nodes import rules
from yiwang.network.nodes.definitions import (
    EVERYBODY,
    KEY_PURPOSE,
    ContactView,
    Document,
    NodeKeyView,
    NodeRole,
    NodeState,
    NodeView,
    RequestState,
    RequestView,
)
from yiwang.network.nodes.models import (
    ExchangeNode,
    NodeContact,
    NodeDocument,
    NodeKey,
    NodeRequest,
)

_MOST = 1000
_EVER = datetime(2000, 1, 1, tzinfo=UTC)  # a key nobody has confirmed yet has no first day


def is_registry() -> bool:
    """Does this installation say who the members are?"""
    return not settings.REGISTRY


def own() -> NodeView:
    """This installation as a node; before the registry knows it, as it would introduce itself."""
    found = find_node(settings.NODE)
    return found if found and found.keys else _introduced()


def _introduced() -> NodeView:
    key = crypto.current_public_key(purpose=KEY_PURPOSE)
    ever = NodeKeyView(key.key_id, key.point, key.fingerprint, _EVER, None)
    return NodeView(
        code=settings.NODE,
        name=settings.NODE_NAME,
        uscc=settings.NODE_USCC,
        division_code=settings.NODE_DIVISION,
        role=own_role(),
        address=settings.EXCHANGE_ADDRESS,
        state=NodeState.ACTIVE if is_registry() else NodeState.JOINING,
        keys=(ever,),
        web=own_web(),
    )


def own_web() -> str:
    """Where people open this installation's pages, as other nodes are told; "" when that is no plain address."""
    return settings.PUBLIC_ADDRESS if rules.is_address(settings.PUBLIC_ADDRESS) else ""


def own_role() -> NodeRole:
    """The registry is the host; who names no registry and no code stands alone."""
    if not is_registry():
        return NodeRole.CONSUMER
    return NodeRole.HOST if settings.NODE_GIVEN else NodeRole.STANDALONE


def find_node(code: str) -> NodeView | None:
    """One node or None."""
    row = ExchangeNode.objects.prefetch_related("keys").filter(code=code).first()
    return _node(row) if row else None


def get_node(code: str) -> NodeView:
    """One node by its code; NotFound when nobody is called so."""
    found = find_node(code)
    if found is None:
        raise NotFound("没有这个节点。", "请看节点列表里的代码。")
    return found


def find_host() -> NodeView | None:
    """The host this node is a consumer of, as its registry's documents say; None: there is none but us."""
    rows = ExchangeNode.objects.prefetch_related("keys").filter(role=NodeRole.HOST)
    row = rows.exclude(code=settings.NODE).first()
    return _node(row) if row else None


def list_nodes() -> tuple[NodeView, ...]:
    """Every node ever told of, by code; those that left, too."""
    rows = ExchangeNode.objects.prefetch_related("keys").order_by("code")[:_MOST]
    return tuple(_node(row) for row in rows)


def _node(row: ExchangeNode) -> NodeView:
    keys = sorted(row.keys.all(), key=lambda key: (key.valid_from, key.pk), reverse=True)
    return NodeView(
        code=row.code,
        name=row.name,
        uscc=row.uscc,
        division_code=row.division_code,
        role=NodeRole(row.role),
        address=row.address,
        state=NodeState(row.state),
        keys=tuple(_key(key) for key in keys),
        known_until=row.known_until,
        web=row.web,
    )


def _key(row: NodeKey) -> NodeKeyView:
    return NodeKeyView(row.key_id, row.point, row.fingerprint, row.valid_from, row.valid_until)


def find_document(part: str, audience: str = EVERYBODY) -> Document | None:
    """The newest version of a part for an audience; None: there is none yet."""
    rows = NodeDocument.objects.filter(part=part, audience=audience)
    row = rows.order_by("-version").first()
    return as_document(row) if row else None


def list_newest() -> tuple[Document, ...]:
    """The newest version of every part and audience here."""
    rows = NodeDocument.objects.order_by("part", "audience", "-version")
    return tuple(as_document(row) for row in rows.distinct("part", "audience")[:_MOST])


def as_document(row: NodeDocument) -> Document:
    return Document(
        part=row.part,
        audience=row.audience,
        version=row.version,
        registry=row.registry,
        text=row.body,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        signed_by=row.signed_by,
        signature=row.signature,
        body=json.loads(row.body),
    )


def list_requests(*, waiting: bool = True) -> tuple[RequestView, ...]:
    """What nodes ask of this registry, oldest first; or what was settled, newest first."""
    rows = NodeRequest.objects
    if waiting:
        found = rows.filter(state=RequestState.WAITING).order_by("id")
    else:
        found = rows.exclude(state=RequestState.WAITING).order_by("-id")
    return tuple(as_request(row) for row in found[:50])


def find_request(key: str) -> RequestView | None:
    """One request or None."""
    row = NodeRequest.objects.filter(key=key).first()
    return as_request(row) if row else None


def as_request(row: NodeRequest) -> RequestView:
    return RequestView(
        key=row.key,
        asked=rules.read_asked(json.loads(row.body)),
        fingerprint=row.fingerprint,
        state=RequestState(row.state),
        received_at=row.received_at,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        reason=row.reason,
    )


def find_contact() -> ContactView | None:
    """How talking to the registry goes; None: it was never tried."""
    row = NodeContact.objects.first()
    return ContactView(row.reached_at, row.problem, row.since) if row else None
