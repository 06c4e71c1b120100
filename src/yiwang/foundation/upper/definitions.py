"""What passes between this installation and the platform above it, and the port its driver keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from yiwang.kernel.actor import Role

#: Who asks in his department's name, and who answers a request from above.
ASKERS: Final = (Role.DATA_OFFICER,)
ANSWERERS: Final = (Role.DATA_AUTHORITY,)
READERS: Final = (Role.DATA_OFFICER, Role.DATA_AUTHORITY, Role.OPERATOR)


class UpperAway(Exception):
    """The platform above cannot be reached, is slow, or talks nonsense: nothing is known."""


class Kind(StrEnum):
    """What is sent up, or came down."""

    ENTRY = "ENTRY"  # 目录条目, up
    REQUEST = "REQUEST"  # 我方申请, up; its decision comes down
    INCOMING = "INCOMING"  # 上级申请, down; its answer goes up
    REMOVAL = "REMOVAL"  # 目录条目撤下, up
    AMENDED = "AMENDED"  # 我方申请更正, up
    RECALL = "RECALL"  # 我方申请撤回, up


class State(StrEnum):
    """How far it is."""

    ARRIVED = "ARRIVED"  # from above, to be answered here
    WAITING = "WAITING"  # to be sent
    SENT = "SENT"  # the platform above gave a receipt number
    DECIDED = "DECIDED"  # and, for our requests, a decision
    RECALLED = "RECALLED"  # our request, taken back, and they know


KIND_LABELS: Final = {
    Kind.ENTRY: "目录条目",
    Kind.REQUEST: "我方申请",
    Kind.INCOMING: "上级申请",
    Kind.REMOVAL: "撤下目录条目",
    Kind.AMENDED: "更正申请",
    Kind.RECALL: "撤回申请",
}
STATE_LABELS: Final = {
    State.ARRIVED: "待答复",
    State.WAITING: "待上报",
    State.SENT: "已上报",
    State.DECIDED: "已答复",
    State.RECALLED: "已撤回",
}


@dataclass(frozen=True, slots=True)
class News:
    """One thing the platform above says. ``number``: ours, that a decision is about, or theirs."""

    number: str
    decision: bool  # a decision on a request of ours; else a request of theirs
    agreed: bool = False
    words: str = ""
    title: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """News since a mark, and the next mark."""

    news: tuple[News, ...]
    mark: str


class UpperPlatform(Protocol):
    """The port. Everything may be said twice with the same ``number`` and has the same answer then.

    What is about one entry or one request is said in order, each only after the one before was received.

    Every method ends within ``YIWANG_UPPER_SECONDS`` and raises ``UpperAway`` when nothing is known.
    Chosen by ``YIWANG_UPPER_DRIVER`` (a dotted name).
    """

    name: str

    def put_entry(self, entry: Mapping[str, Any], *, number: str) -> str:
        """The catalogue entry goes up, a newer version in the place of the one before; the receipt number."""
        ...

    def remove_entry(self, resource: str, *, number: str) -> str:
        """The entry of this code is no longer in our catalogue; the receipt number comes back."""
        ...

    def ask(self, request: Mapping[str, Any], *, number: str) -> str:
        """A request for one of their resources goes up; the receipt number comes back."""
        ...

    def amend(self, request: Mapping[str, Any], *, of: str, number: str) -> str:
        """Our request with the number ``of`` says this from now on; the receipt number comes back."""
        ...

    def recall(self, *, of: str, words: str, number: str) -> str:
        """Our request with the number ``of`` is taken back; the receipt number comes back."""
        ...

    def answer(self, *, incoming: str, agreed: bool, words: str, number: str) -> str:
        """What we say to a request of theirs; the receipt number comes back."""
        ...

    def news(self, *, mark: str) -> Page:
        """Decisions and requests since a mark ("" at first); may repeat and be out of order."""
        ...

    def call(self, service: str, parameters: Mapping[str, Any], *, message: str) -> Any:
        """One call to a service of theirs: an object, a list of objects, or None for no record."""
        ...


@dataclass(frozen=True, slots=True)
class UpperView:
    """One thing that went up or came down."""

    key: str
    kind: Kind
    state: State
    title: str
    department: str
    upper_no: str
    agreed: bool | None
    words: str
    attempts: int
    next_try_at: datetime | None
    problem: str
    made_at: datetime
    changed_at: datetime
    version: int

    @property
    def kind_label(self) -> str:
        return KIND_LABELS[self.kind]

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]


@dataclass(frozen=True, slots=True)
class ContactView:
    """How talking to the platform above goes. ``name`` "": there is none above this installation."""

    name: str
    reached_at: datetime | None
    problem: str
    since: datetime | None
    waiting: int
    to_answer: int
