"""A subscription of this node, as the fast path works for it, and what it may ask its topic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from yiwang.foundation.exchange.fastpath import grants
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import GrantIsOver
from yiwang.kernel import moments

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

_COLUMNS: Final = (
    "id",
    "key",
    "topic",
    "system",
    "department",
    "grant_key",
    "purpose",
    "item",
    "callback",
    "private_ok",
    "from_start",
    "queue_most",
    "position",
    "failure",
    "failures",
    "next_at",
)
ACTIVE: Final = (
    f"SELECT {', '.join(_COLUMNS)} FROM exchange_subscription"  # noqa: S608  # nosec B608
    " WHERE state = 'ACTIVE'"
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """An active subscription, as the table says it now."""

    id: int
    key: str
    topic: str
    system: str
    department: str
    grant_key: str
    purpose: str
    item: str
    callback: str
    private_ok: bool
    from_start: bool
    queue_most: int
    position: int | None
    failure: str
    failures: int
    next_at: datetime | None


def question_of(house: House, subscription: Subscription) -> Question:
    """What the subscription asks its topic, if its grant holds here. A refusal of grants."""
    snapshot, own = house.snapshots.current, house.config.node
    grant = snapshot.grants.get(subscription.grant_key)
    if grant is None:
        raise GrantIsOver
    question = Question(
        system=subscription.system,
        service=subscription.topic,
        purpose=subscription.purpose,
        item=subscription.item,
        case="",
        subject="",
        parameters={
            "subscription": subscription.key,
            "after": subscription.position,
            "from_start": subscription.from_start,
        },
        fields=grant.fields,
        grant=grant.key,
        department=subscription.department,
    )
    grants.check(snapshot, question, node=own, at=moments.now())
    return question
