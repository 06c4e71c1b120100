"""Shapes of nodes, their keys and the documents they trust. No Django: the fast side reads them too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

#: ``62`` the province, ``620100`` a city, or the unified social credit code of a department.
CODE: Final = re.compile(r"[0-9A-Z][0-9A-Z-]{1,31}")
#: The purpose of a node's key in the key store: it signs, and agrees on keys with partners.
KEY_PURPOSE: Final = "node"
#: Everybody's audience.
EVERYBODY: Final = "*"
#: Who is a member, with address and keys: for everybody.
MEMBERS: Final = "members"
#: The grants one node takes part in: that node's alone.
GRANTS: Final = "grants"
PARTS: Final = (MEMBERS, GRANTS)
#: PostgreSQL's channel: whoever keeps a picture of nodes, services or grants looks again.
CHANNEL: Final = "exchange_changed"

#: A node works so long with what it was told last; a registry issues anew while this much is left.
VALID_FOR: Final = timedelta(days=7)
RENEW_BEFORE: Final = timedelta(days=6)
#: How far two nodes' clocks may differ.
SKEW: Final = timedelta(minutes=5)
#: A new key is used so long after it is told: by then every node has heard of it.
LEAD: Final = timedelta(seconds=10)
#: A partner that was away may use the key before so long.
OVERLAP: Final = timedelta(days=1)
#: The largest document.
DOCUMENT_BYTES: Final = 8_000_000


class NodeRole(StrEnum):
    """What an installation is to the others."""

    HOST = "HOST"  # 主节点: the registry
    CONSUMER = "CONSUMER"  # 从节点: a city, a county, a department
    STANDALONE = "STANDALONE"  # 单机: nobody else is here


ROLE_LABELS: Final = {
    NodeRole.HOST: "主节点",
    NodeRole.CONSUMER: "从节点",
    NodeRole.STANDALONE: "单机",
}


class NodeState(StrEnum):
    JOINING = "JOINING"  # asked, not confirmed
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"  # kept out for a while
    LEFT = "LEFT"


STATE_LABELS: Final = {
    NodeState.JOINING: "待确认",
    NodeState.ACTIVE: "正常",
    NodeState.SUSPENDED: "已暂停",
    NodeState.LEFT: "已退出",
}


@dataclass(frozen=True, slots=True)
class NodeKeyView:
    """The public half of a node's key and how long others take it."""

    key_id: str
    point: str
    fingerprint: str
    valid_from: datetime
    valid_until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node 节点. ``address``: its exchange; ``web``: its pages, "" where it never said;
    ``known_until``: as far as the registry's word goes; None: we are the registry."""

    code: str
    name: str
    uscc: str
    division_code: str
    role: NodeRole
    address: str
    state: NodeState
    keys: tuple[NodeKeyView, ...]  # newest first
    known_until: datetime | None = None
    web: str = ""

    @property
    def reference(self) -> str:
        return f"node:{self.code}"

    @property
    def key(self) -> NodeKeyView:
        """The newest one."""
        return self.keys[0]

    def key_at(self, at: datetime) -> NodeKeyView:
        """The one to use at a moment: the newest that holds, else the first it ever had."""
        return next((key for key in self.keys if key.holds(at)), self.keys[-1])


@dataclass(frozen=True, slots=True)
class Document:
    """配置文档: one version of one part for one audience, as the registry signed it."""

    part: str
    audience: str
    version: int
    registry: str
    text: str  # canonical JSON, exactly what was signed
    issued_at: datetime
    valid_until: datetime
    signed_by: str
    signature: str
    body: Mapping[str, Any]

    def holds(self, at: datetime) -> bool:
        return at < self.valid_until


class RequestKind(StrEnum):
    """What a node asks the registry for, signed."""

    JOIN = "JOIN"  # 加入
    ROTATE = "ROTATE"  # 换密钥
    CHANGE = "CHANGE"  # 变更名称、地址
    LEAVE = "LEAVE"  # 退出


class RequestState(StrEnum):
    WAITING = "WAITING"
    DONE = "DONE"
    DECLINED = "DECLINED"


REQUEST_LABELS: Final = {
    RequestKind.JOIN: "加入",
    RequestKind.ROTATE: "换密钥",
    RequestKind.CHANGE: "变更名称、地址",
    RequestKind.LEAVE: "退出",
}
#: So many requests may wait; one more is asked to come later.
MOST_WAITING: Final = 200
#: An operator types so much of what the other side reads out: nobody makes a key that fits it.
TYPED_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What a node asks, as it was signed. ``key_id``, ``point``: the key to be entered (JOIN, ROTATE)."""

    kind: RequestKind
    code: str
    name: str
    uscc: str
    division_code: str
    address: str
    key_id: str
    point: str
    signed_by: str  # the key others know already; JOIN: the same as ``key_id``
    at: datetime
    web: str = ""


@dataclass(frozen=True, slots=True)
class RequestView:
    """节点申请 at the registry. ``known``: somebody is called so already."""

    key: str
    asked: Asked
    fingerprint: str
    state: RequestState
    received_at: datetime
    settled_at: datetime | None
    settled_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """How talking to the registry goes: when it last answered, and what is wrong since when."""

    reached_at: datetime | None
    problem: str
    since: datetime
