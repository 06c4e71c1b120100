"""What a subscription and a waiting message look like from outside, and their limits. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from yiwang.kernel.actor import Role

#: A message is a fact, not a file.
BODY_BYTES: Final = 65_536
#: So many messages may wait for one subscriber, on either side; then ``QueueIsFull``.
QUEUE_MOST: Final = 100_000
#: The same pauses as a job's, 5 s doubled to an hour: about 21 hours, then a dead letter.
MOST_TRIES: Final = 30
#: Handed over or put away, the row (without its content) is kept so long; published ones as well.
KEEP_DAYS: Final = 30
#: Who may subscribe in his department's name, and see how its subscriptions do.
OFFICERS: Final = (Role.DATA_OFFICER, Role.HEAD)
#: They, and who runs the node.
SUBSCRIBERS: Final = (*OFFICERS, Role.OPERATOR)

#: Cipher purposes: the two columns that hold content.
PUBLISHED: Final = "exchange.publication"
QUEUED: Final = "exchange.queued"
#: What a publisher's own keys are found by; they are kept nowhere in clear.
KEY_INDEX: Final = "exchange.publication_key"
ORDER_INDEX: Final = "exchange.publication_order"
CONTENT_INDEX: Final = "exchange.publication_content"


class SubscriptionState(StrEnum):
    """STOPPED goes on where it was; ENDED never."""

    ACTIVE = "ACTIVE"
    STOPPED = "STOPPED"
    ENDED = "ENDED"


class QueuedState(StrEnum):
    """Where a message stands at its subscriber's node."""

    WAITING = "WAITING"
    DONE = "DONE"  # handed over and acknowledged
    DEAD = "DEAD"  # 死信: tried to the limit, waits for an operator
    DISCARDED = "DISCARDED"  # put away by one, with a reason
    WITHDRAWN = "WITHDRAWN"  # its grant or subscription ended before


STATE_LABELS: Final[Mapping[str, str]] = {
    SubscriptionState.ACTIVE: "订阅中",
    SubscriptionState.STOPPED: "已停止",
    SubscriptionState.ENDED: "已结束",
}


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication came to; ``known``: the same key was published before, nothing new began."""

    position: int
    known: bool


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """One subscription as its department and the operators see it."""

    key: str
    topic: str
    system: str
    department: str
    grant_key: str
    purpose: str
    callback: str  # "" is fetched by the system itself
    private_ok: bool
    state: str
    position: int | None
    failure: str
    failure_label: str  # the sentence of the refusal
    failures: int
    next_at: datetime | None
    fetched_at: datetime | None
    waiting: int
    dead: int
    oldest: datetime | None
    version: int
    granted: bool  # does its grant hold here now

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]

    @property
    def is_active(self) -> bool:
        return self.state == SubscriptionState.ACTIVE


@dataclass(frozen=True, slots=True)
class DeadLetterView:
    """A message nobody took; never its content."""

    message: str
    subscription: str
    topic: str
    system: str
    position: int
    published_at: datetime
    tries: int
    failure: str
    failure_label: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What an officer may subscribe by: one purpose and item of a grant of messages."""

    grant: str
    topic: str
    purpose: str
    item: str


@dataclass(frozen=True, slots=True)
class FollowerView:
    """A subscriber as the provider sees it."""

    topic: str
    node: str
    system: str
    grant_key: str
    position: int
    behind: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic of this node: how much was published, who follows how far."""

    code: str
    title: str
    department: str
    state: str
    last: int
    published_at: datetime | None
    followers: tuple[FollowerView, ...]
