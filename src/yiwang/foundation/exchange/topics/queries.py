"""Questions about topics, who follows them, subscriptions and dead letters; never a message's content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, Q

from yiwang.foundation.exchange.definitions import ServiceKind, State
from yiwang.foundation.exchange.fastpath.refusals import by_code
from yiwang.foundation.exchange.models import Service, System
from yiwang.foundation.exchange.topics.definitions import (
    OFFICERS,
    DeadLetterView,
    FollowerView,
    Offer,
    QueuedState,
    SubscriptionState,
    SubscriptionView,
    TopicView,
)
from yiwang.foundation.exchange.topics.models import (
    Follower,
    Publication,
    QueuedMessage,
    Subscription,
    Topic,
)
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.refusals import NotFound

PAGE: Final = 50
_GRANT: Final = """
SELECT service, consumer, purposes, items FROM agreements_fast_grants
 WHERE key = %s AND consumer_node = %s AND way = 'MESSAGE'
"""
_OPEN: Final = """
SELECT key, service, purposes, items FROM agreements_fast_grants
 WHERE consumer_node = %s AND (%s OR consumer = ANY(%s)) AND way = 'MESSAGE' ORDER BY key LIMIT 200
"""
_HELD: Final = "SELECT key FROM agreements_fast_grants WHERE key = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Granted:
    """What a grant that holds here lets a department take."""

    topic: str
    consumer: str
    purposes: tuple[str, ...]
    items: tuple[str, ...]


def find_grant(key: str) -> Granted | None:
    """A grant of messages that holds here for a department of this node."""
    for topic, consumer, purposes, items in _rows(_GRANT, [key, settings.NODE]):
        return Granted(topic, consumer, tuple(purposes), tuple(items))
    return None


def list_offers(actor: Actor) -> tuple[Offer, ...]:
    """What may be subscribed to by grants of messages that hold here: the officer's departments';
    of all departments of this node for its operators."""
    rows = _rows(_OPEN, [settings.NODE, _sees_all(actor), _departments(actor)])
    return tuple(
        Offer(key, topic, purpose, item)
        for key, topic, purposes, items in rows
        for purpose in purposes
        for item in (items or [""])
    )


def list_own_systems(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Systems of this node that may subscribe: (code, name)."""
    rows = System.objects.filter(state=State.ACTIVE, node=settings.NODE).order_by("code")
    if not _sees_all(actor):
        rows = rows.filter(department__in=_departments(actor))
    return tuple(rows.values_list("code", "name")[:200])


def list_subscriptions(
    actor: Actor, *, after: str = "", limit: int = PAGE
) -> tuple[SubscriptionView, ...]:
    """Those of the officer's departments; all of this node for its operators; ended ones not."""
    rows = Subscription.objects.visible_to(actor).exclude(state=SubscriptionState.ENDED)
    rows = rows.filter(key__gt=after) if after else rows
    return _views(rows.order_by("key")[: min(limit, 200)])


def get_subscription(key: str, actor: Actor) -> SubscriptionView:
    """One of them. NotFound."""
    found = _views(Subscription.objects.visible_to(actor).filter(key=key))
    if not found:
        raise NotFound
    return found[0]


def list_dead(
    actor: Actor, *, subscription: str = "", before: int = 0, limit: int = PAGE
) -> tuple[tuple[int, DeadLetterView], ...]:
    """Dead letters, the newest first, each behind its place for the next page."""
    seen = Subscription.objects.visible_to(actor).exclude(state=SubscriptionState.ENDED)
    seen = seen.filter(key=subscription) if subscription else seen
    rows = QueuedMessage.objects.filter(state=QueuedState.DEAD, subscription__in=seen)
    rows = rows.filter(id__lt=before) if before else rows
    rows = rows.defer("body").select_related("subscription").order_by("-id")[: min(limit, 200)]
    return tuple((row.pk, _dead(row)) for row in rows)


def get_dead(message: str, actor: Actor) -> DeadLetterView:
    """One of them, whatever became of it. NotFound."""
    seen = Subscription.objects.visible_to(actor)
    rows = QueuedMessage.objects.filter(message=message, subscription__in=seen).defer("body")
    row = rows.select_related("subscription").first()
    if row is None:
        raise NotFound
    return _dead(row)


def count_dead() -> int:
    """Dead letters of this node: what its operators are told of."""
    return QueuedMessage.objects.filter(state=QueuedState.DEAD).count()


def list_newly_dead(*, since: datetime) -> tuple[tuple[str, str, int], ...]:
    """Topic and system of each subscription with messages given up since then, and how many lie there."""
    rows = QueuedMessage.objects.filter(state=QueuedState.DEAD).values(
        "subscription__topic", "subscription__system"
    )
    found = rows.annotate(count=Count("id"), last=Max("settled_at")).filter(last__gt=since)
    return tuple(
        (row["subscription__topic"], row["subscription__system"], row["count"])
        for row in found.order_by("subscription__topic", "subscription__system")
    )


def find_subscription(*, topic: str, system: str) -> SubscriptionView | None:
    """The one that has not ended."""
    rows = Subscription.objects.exclude(state=SubscriptionState.ENDED)
    return next(iter(_views(rows.filter(topic=topic, system=system))), None)


def list_topics(actor: Actor) -> tuple[TopicView, ...]:
    """Topics of this node and who follows them: the providing departments' officers and operators."""
    rows = Service.objects.filter(kind=ServiceKind.MESSAGE, node=settings.NODE).order_by("code")
    if not _sees_all(actor):
        rows = rows.filter(department__in=_departments(actor))
    services = list(rows[:PAGE])
    codes = [service.code for service in services]
    lasts = dict(Topic.objects.filter(code__in=codes).values_list("code", "last"))
    told = [
        (s, lasts.get(s.code, 0), Publication.objects.filter(topic=s.code).order_by("-position"))
        for s in services
    ]
    return tuple(
        TopicView(
            code=service.code,
            title=service.title,
            department=service.department,
            state=service.state,
            last=last,
            published_at=published.values_list("at", flat=True).first(),
            followers=_followers(service.code, last),
        )
        for service, last, published in told
    )


def list_subscribed() -> tuple[str, ...]:
    """The grants this node's subscriptions stand on."""
    rows = Subscription.objects.exclude(state=SubscriptionState.ENDED)
    return tuple(rows.values_list("grant_key", flat=True).distinct())


def held(grants: Sequence[str]) -> frozenset[str]:
    """Which of these grants hold at this node now."""
    return frozenset(key for (key,) in _rows(_HELD, [list(grants)]))


def _sees_all(actor: Actor) -> bool:
    return actor.kind is ActorKind.MACHINE or actor.has_role(Role.OPERATOR)


def _departments(actor: Actor) -> list[str]:
    return [g.department for g in actor.grants if g.role in OFFICERS and g.department]


def _said(code: str) -> str:
    """Why it does not go on, in words."""
    return str(by_code(code).sentence) if code else ""


def _followers(topic: str, last: int) -> tuple[FollowerView, ...]:
    rows = Follower.objects.filter(topic=topic).order_by("position")[:200]
    return tuple(
        FollowerView(
            topic=topic,
            node=row.node,
            system=row.system,
            grant_key=row.grant_key,
            position=row.position,
            behind=max(last - row.position, 0),
            fetched_at=row.fetched_at,
        )
        for row in rows
    )


def _views(rows: Iterable[Subscription]) -> tuple[SubscriptionView, ...]:
    found = list(rows)
    waiting = Q(state=QueuedState.WAITING)
    counted = {
        row["subscription"]: row
        for row in QueuedMessage.objects.filter(
            subscription__in=found, state__in=[QueuedState.WAITING, QueuedState.DEAD]
        )
        .values("subscription")
        .annotate(
            waiting=Count("id", filter=waiting),
            dead=Count("id", filter=Q(state=QueuedState.DEAD)),
            oldest=Min("published_at", filter=waiting),
        )
    }
    holding = held([row.grant_key for row in found])
    return tuple(_view(row, counted.get(row.pk, {}), row.grant_key in holding) for row in found)


def _view(row: Subscription, counted: Mapping[str, Any], granted: bool) -> SubscriptionView:
    return SubscriptionView(
        key=row.key,
        topic=row.topic,
        system=row.system,
        department=row.department,
        grant_key=row.grant_key,
        purpose=row.purpose,
        callback=row.callback,
        private_ok=row.private_ok,
        state=row.state,
        position=row.position,
        failure=row.failure,
        failure_label=_said(row.failure),
        failures=row.failures,
        next_at=row.next_at,
        fetched_at=row.fetched_at,
        waiting=counted.get("waiting", 0),
        dead=counted.get("dead", 0),
        oldest=counted.get("oldest"),
        version=row.version,
        granted=granted,
    )


def _dead(row: QueuedMessage) -> DeadLetterView:
    return DeadLetterView(
        message=row.message,
        subscription=row.subscription.key,
        topic=row.subscription.topic,
        system=row.subscription.system,
        position=row.position,
        published_at=row.published_at,
        tries=row.tries,
        failure=row.failure,
        failure_label=_said(row.failure),
        settled_at=row.settled_at,
    )


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
