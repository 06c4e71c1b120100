"""Published messages, who follows them from other nodes, this node's subscriptions and their queues.

The fast path reads and writes these tables with its own statements; people's acts are in ``actions``.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.foundation.exchange.topics.definitions import (
    OFFICERS,
    PUBLISHED,
    QUEUE_MOST,
    QUEUED,
    QueuedState,
    SubscriptionState,
)
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.references import new_key, reference
from yiwang.mechanisms.crypto.fields import EncryptedText


class Topic(models.Model):
    """消息主题: the counter of a service of the kind MESSAGE; its row is the lock of publishing."""

    code = models.CharField(max_length=73, primary_key=True)  # "<node>/<name>"
    last = models.BigIntegerField(default=0)

    class Meta:
        db_table = "exchange_topic"

    def __str__(self) -> str:
        return self.code


class Publication(models.Model):
    """已发布的消息: one fact of a topic, in order, whole; each subscriber's part is cut at the fetching."""

    topic = models.CharField(max_length=73)
    position = models.BigIntegerField()
    key = models.CharField(max_length=64)  # keyed index of the publisher's own key
    order = models.CharField(max_length=64, db_column="order_key")  # keyed index: same, in order
    content = models.CharField(max_length=64)  # keyed index of the body: same key, same body?
    body = EncryptedText(purpose=PUBLISHED)  # {"subject", "body"}
    system = models.CharField(max_length=73)
    at = models.DateTimeField()

    class Meta:
        db_table = "exchange_publication"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "key"], name="exchange_published_once"),
            models.UniqueConstraint(fields=["topic", "position"], name="exchange_published_order"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="exchange_published_by_time")]

    def __str__(self) -> str:
        return f"{self.topic} {self.position}"


class Follower(models.Model):
    """订阅方进度: how far a subscriber has fetched, as the provider's node saw it."""

    subscription = models.CharField(max_length=16, primary_key=True)
    topic = models.CharField(max_length=73)
    node = models.CharField(max_length=32)
    system = models.CharField(max_length=73)
    grant_key = models.CharField(max_length=16)
    position = models.BigIntegerField()
    fetched_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_follower"
        indexes: ClassVar = [
            models.Index(fields=["topic", "position"], name="exchange_followers_of_topic")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.topic}"


class SubscriptionSet(models.QuerySet["Subscription"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its department's data officers, and who runs this node; machines."""
        if actor.kind is ActorKind.MACHINE or actor.has_role(Role.OPERATOR):
            return self
        places = {g.department for g in actor.grants if g.role in OFFICERS}
        return self.filter(department__in=[place for place in places if place])


class Subscription(models.Model):
    """消息订阅: a system of this node takes a topic, by callback or by fetching."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    topic = models.CharField(max_length=73)
    system = models.CharField(max_length=73)
    department = models.CharField(max_length=18)
    grant_key = models.CharField(max_length=16)
    purpose = models.CharField(max_length=200)
    item = models.CharField(max_length=80, blank=True)
    callback = models.CharField(max_length=500, blank=True)
    private_ok = models.BooleanField(default=False)
    from_start = models.BooleanField(default=False)
    queue_most = models.PositiveIntegerField(default=QUEUE_MOST)
    state = models.CharField(max_length=8, default=SubscriptionState.ACTIVE)
    position = models.BigIntegerField(null=True)  # fetched up to here; null: not begun
    fetched_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=60, blank=True)  # why it does not go on, by code
    failures = models.PositiveIntegerField(default=0)  # callbacks in a row
    next_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    objects = SubscriptionSet.as_manager()

    class Meta:
        db_table = "exchange_subscription"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["topic", "system"],
                name="exchange_subscribed_once",
                condition=~Q(state=SubscriptionState.ENDED),
            ),
            models.CheckConstraint(
                name="exchange_subscription_state_known",
                condition=Q(state__in=list(SubscriptionState)),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("exchange-subscription", self.key)


class QueuedMessage(models.Model):
    """待送消息: one message for one subscription; its content goes when it is settled."""

    message = models.CharField(max_length=32, unique=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="queue")
    position = models.BigIntegerField()
    order = models.CharField(max_length=64, db_column="order_key")
    body = EncryptedText(purpose=QUEUED, blank=True)
    published_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    state = models.CharField(max_length=9, default=QueuedState.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=60, blank=True)
    settled_at = models.DateTimeField(null=True)
    resent = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "exchange_queued"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="exchange_queued_state_known", condition=Q(state__in=list(QueuedState))
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subscription", "position"],
                name="exchange_queue",
                condition=Q(state=QueuedState.WAITING),
            ),
            models.Index(
                fields=["subscription", "order"],
                name="exchange_queue_held_back",
                condition=Q(state=QueuedState.WAITING, next_at__isnull=False),
            ),
            models.Index(fields=["-id"], name="exchange_dead", condition=Q(state=QueuedState.DEAD)),
            models.Index(
                fields=["settled_at"],
                name="exchange_settled",
                condition=Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.message
