"""What a department has asked another for, the grant that came of it, what it subscribes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from yiwang.foundation.agreements import sample
from yiwang.foundation.exchange import sample as topics
from yiwang.foundation.exchange.topics.definitions import SUBSCRIBERS
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.upper import sample as upper
from yiwang.foundation.upper.definitions import READERS as UPPER_READERS
from yiwang.kernel.actor import Actor, Role
from yiwang.network.directory import sample as places
from yiwang.project.sweep.definitions import Thing

_READERS: Final = frozenset({Role.DATA_OFFICER, Role.HEAD, Role.LEADER, Role.DATA_AUTHORITY})


def prepare(*, at: datetime) -> None:
    """The resource that is asked for; other makers write their own."""
    resources.publish(resources.content(resources.POPULATION), at=at)


def make_subscription(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A subscription of the body's own system, and a message nobody took."""
    del owner
    key, message = topics.subscribed(department=department, at=at)
    readers = frozenset(SUBSCRIBERS)
    thing = Thing(key, "", places.CHENGGUAN, department, readers)
    return {"subscription": thing, "dead_letter": replace(thing, key=message)}


def make_upper(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A request of the body to the platform above, not decided yet."""
    del owner
    key = upper.requested(department=department, at=at)
    readers = frozenset(UPPER_READERS)
    return {"upper_item": Thing(key, "", places.CHENGGUAN, department, readers)}


def make_agreements(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A request with another body, and a grant of one, both on an article that changed; seen by both offices."""
    del owner
    given = sample.values(articles=(sample.CITED,))
    common: dict[str, Any] = {"resource": resources.POPULATION, "consumer": department, "at": at}
    asked = sample.received(**common, given=given)
    had = sample.delivered(**common, given=given, service="62/sweep")
    for key in (asked.key, had.grant):
        sample.article_changed(matter=key, at=at)
    thing = Thing(asked.key, "", places.CHENGGUAN, department, _READERS)
    return {
        "data_request": thing,
        "data_grant": replace(thing, key=had.grant, readers=_READERS | {Role.OPERATOR}),
    }
