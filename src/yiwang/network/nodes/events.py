"""Facts about nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTaken(Event):
    """A newer version of a configuration document is in force here; ``part``: “members”, “grants”."""

    name: ClassVar[str] = "nodes.document_taken"
    part: str
    audience: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeJoined(Event):
    """The registry's operator compared the fingerprint; the node is a member."""

    name: ClassVar[str] = "nodes.node_joined"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeyChanged(Event):
    """A member has a new key; the one before holds a day longer."""

    name: ClassVar[str] = "nodes.node_key_changed"
    code: str
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSuspended(Event):
    """A member is kept out until further notice; nothing is exchanged with it."""

    name: ClassVar[str] = "nodes.node_suspended"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeResumed(Event):
    """It may exchange again."""

    name: ClassVar[str] = "nodes.node_resumed"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLeft(Event):
    """A member left, by its own wish or taken out."""

    name: ClassVar[str] = "nodes.node_left"
    code: str
