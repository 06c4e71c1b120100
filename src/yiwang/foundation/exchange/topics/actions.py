"""Verbs of topics and subscriptions: publish, subscribe, stop, send a dead letter again or put it away.

The fast path looks at the tables each second, so every act is in force within seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from yarl import URL

from yiwang.foundation.exchange.definitions import ServiceKind, State
from yiwang.foundation.exchange.fastpath import egress
from yiwang.foundation.exchange.fastpath.refusals import (
    AddressForbidden,
    KeyUsedOtherwise,
    MessageMalformed,
    QueueIsFull,
    TopicUnknown,
)
from yiwang.foundation.exchange.models import Service, System
from yiwang.foundation.exchange.topics import rules
from yiwang.foundation.exchange.topics.definitions import (
    CONTENT_INDEX,
    KEY_INDEX,
    OFFICERS,
    ORDER_INDEX,
    PUBLISHED,
    QUEUE_MOST,
    Published,
    QueuedState,
    SubscriptionState,
)
from yiwang.foundation.exchange.topics.models import (
    Follower,
    Publication,
    QueuedMessage,
    Subscription,
)
from yiwang.foundation.exchange.topics.queries import find_grant, held
from yiwang.foundation.exchange.topics.refusals import (
    CallbackForbidden,
    CannotSubscribe,
    NotDead,
    SubscribedAlready,
    SubscriptionOver,
)
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared

_PUBLISH: Final = "SELECT * FROM exchange_publish(%s, %s, %s, %s, %s, %s, %s, %s)"


@transaction.atomic
def publish(
    *,
    topic: str,
    key: str,
    body: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    order: str = "",
    subject: str = "",
) -> Published:
    """Tell a topic of this node what happened, in the caller's own transaction; the same key once.

    ``order``: what it is about, so that its messages arrive in order; ``subject``: the number of whom it
    is about, for “who looked”. TopicUnknown, MessageMalformed, KeyUsedOtherwise, QueueIsFull.
    """
    service = Service.objects.filter(code=topic, kind=ServiceKind.MESSAGE).first()
    if service is None or service.state != State.ACTIVE:
        raise TopicUnknown
    if not key or not set(body) <= {field["name"] for field in service.fields}:
        raise MessageMalformed
    content = rules.written(subject, dict(body))
    values = [
        topic,
        crypto.keyed_index(f"{topic}\n{key}", purpose=KEY_INDEX),
        crypto.keyed_index(f"{topic}\n{order or key}", purpose=ORDER_INDEX),
        crypto.keyed_index(content, purpose=CONTENT_INDEX),
        crypto.encrypt(content, purpose=PUBLISHED),
        actor.reference[:73],
        at,
        QUEUE_MOST,
    ]
    earlier = crypto.keyed_indexes(f"{topic}\n{key}", purpose=KEY_INDEX)[1:]
    if found := earlier and Publication.objects.filter(topic=topic, key__in=earlier).first():
        return _again(found.position, found.content, content)
    position, known, same, is_full = prepared.run(_PUBLISH, values)[0]
    if is_full:
        raise QueueIsFull
    return _again(position, same, content) if known else Published(position, False)


def _again(position: int, kept: str, content: str) -> Published:
    """The same key once more: nothing happens, unless it says something else."""
    if not crypto.is_indexed(kept, plain=content, purpose=CONTENT_INDEX):
        raise KeyUsedOtherwise
    return Published(position, True)


@transaction.atomic
def subscribe(
    *,
    grant: str,
    system: str,
    purpose: str,
    actor: Actor,
    at: datetime,
    item: str = "",
    callback: str = "",
    private_ok: bool = False,
    from_start: bool = False,
) -> str:
    """A system of this node takes a topic from now on (``from_start``: all that is kept); its key.

    By the data officer of the department that has the grant. A private callback address is vouched for
    by an operator. CannotSubscribe, SubscribedAlready, CallbackForbidden, InvalidInput, NotAllowed.
    """
    granted = find_grant(grant)
    row = System.objects.filter(code=system, state=State.ACTIVE).first()
    if granted is None or row is None:
        raise CannotSubscribe
    _require(actor, row.department)
    if row.department and row.department != granted.consumer:
        raise CannotSubscribe("这个系统不是被授权部门的。")
    if purpose not in granted.purposes or (granted.items and item not in granted.items):
        raise CannotSubscribe("授权里没有这个用途或事项。")
    _check_callback(callback, private_ok=private_ok, actor=actor)
    made, is_new = Subscription.objects.exclude(state=SubscriptionState.ENDED).get_or_create(
        topic=granted.topic,
        system=system,
        defaults={
            "department": row.department or granted.consumer,
            "grant_key": grant,
            "purpose": purpose,
            "item": item,
            "callback": callback,
            "private_ok": private_ok,
            "from_start": from_start,
            "made_at": at,
            "made_by": actor.reference,
        },
    )
    if not is_new:
        raise SubscribedAlready
    _record(made, "exchange.subscribed", actor, at, system=system, by_callback=bool(callback))
    return made.key


@transaction.atomic
def change_callback(
    *, key: str, version: int, callback: str, private_ok: bool, actor: Actor, at: datetime
) -> None:
    """Another address; none: the system fetches itself from now on. What waits stays."""
    row = _locked(key, actor)
    _check_callback(callback, private_ok=private_ok, actor=actor)
    changes = {"callback": callback, "private_ok": private_ok, "failures": 0, "next_at": None}
    _change(row, version, actor, at, "exchange.callback_changed", changes)


@transaction.atomic
def stop(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> None:
    """Nothing is fetched or handed over until it goes on; nothing is lost."""
    _say_why(reason)
    row = _locked(key, actor)
    state = {"state": SubscriptionState.STOPPED}
    _change(row, version, actor, at, "exchange.subscription_stopped", state, reason)


@transaction.atomic
def go_on(*, key: str, version: int, actor: Actor, at: datetime) -> None:
    """A stopped one goes on where it was; a resting one tries again at once."""
    row = _locked(key, actor)
    changes = {"state": SubscriptionState.ACTIVE, "failures": 0, "next_at": None}
    _change(row, version, actor, at, "exchange.subscription_resumed", changes)


@transaction.atomic
def end(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> None:
    """For good: what waits is not handed over, and its content goes."""
    _say_why(reason)
    row = _locked(key, actor)
    state = {"state": SubscriptionState.ENDED}
    _change(row, version, actor, at, "exchange.subscription_ended", state, reason)
    _withdraw(row, at)


@transaction.atomic
def send_again(*, message: str, actor: Actor, at: datetime) -> None:
    """A dead letter waits at the head of its queue again, with all its tries. NotDead."""
    row = _dead(message, actor)
    row.state, row.tries, row.next_at, row.settled_at = QueuedState.WAITING, 0, None, None
    row.resent = F("resent") + 1
    row.save(update_fields=["state", "tries", "next_at", "settled_at", "resent"])
    Subscription.objects.filter(pk=row.subscription_id).update(failures=0, next_at=None)
    _record(row.subscription, "exchange.dead_letter_sent_again", actor, at, message=message)


@transaction.atomic
def discard(*, message: str, reason: str, actor: Actor, at: datetime) -> None:
    """A dead letter is put away, with a reason; its content goes. NotDead."""
    _say_why(reason)
    row = _dead(message, actor)
    row.state, row.body, row.settled_at = QueuedState.DISCARDED, "", at
    row.save(update_fields=["state", "body", "settled_at"])
    facts = {"message": message, "reason": reason[:200]}
    _record(row.subscription, "exchange.dead_letter_discarded", actor, at, **facts)


@transaction.atomic
def withdraw(*, grants: Sequence[str], actor: Actor, at: datetime) -> int:
    """These grants are over: their subscriptions end, what waits is withdrawn; how many."""
    rows = Subscription.objects.select_for_update().filter(grant_key__in=list(grants))
    ended = 0
    for row in rows.exclude(state=SubscriptionState.ENDED):
        _change(
            row,
            row.version,
            actor,
            at,
            "exchange.subscription_ended",
            {"state": SubscriptionState.ENDED},
            "授权已经结束",
        )
        _withdraw(row, at)
        ended += 1
    return ended


def forget(*, before: datetime, batch: int = 5_000) -> int:
    """What everybody has had for long goes: settled messages, and what all followers have passed."""
    settled = QueuedMessage.objects.filter(settled_at__lt=before).exclude(state=QueuedState.DEAD)
    oldest = list(settled.order_by("settled_at").values_list("pk", flat=True)[:batch])
    known = list(Follower.objects.values_list("grant_key", flat=True).distinct())
    granted = list(held(known))
    gone, _each = QueuedMessage.objects.filter(pk__in=oldest).delete()
    behind = Follower.objects.filter(
        topic=OuterRef("topic"), position__lt=OuterRef("position"), grant_key__in=granted
    )
    passed = Publication.objects.filter(~Exists(behind), at__lt=before)
    over = list(passed.order_by("at").values_list("pk", flat=True)[:batch])
    more, _each = Publication.objects.filter(pk__in=over).delete()
    return gone + more


def _withdraw(row: Subscription, at: datetime) -> None:
    waiting = row.queue.filter(state__in=[QueuedState.WAITING, QueuedState.DEAD])
    waiting.update(state=QueuedState.WITHDRAWN, body="", settled_at=at)


def _require(actor: Actor, department: str) -> None:
    """The department's data officer or head, who runs this node, or a machine."""
    mine = {g.department for g in actor.grants if g.role in OFFICERS}
    if actor.kind is not ActorKind.MACHINE and not actor.has_role(Role.OPERATOR):
        if not department or department not in mine:
            raise NotAllowed


def _locked(key: str, actor: Actor) -> Subscription:
    row = Subscription.objects.select_for_update().visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def _dead(message: str, actor: Actor) -> QueuedMessage:
    seen = Subscription.objects.visible_to(actor)
    rows = QueuedMessage.objects.select_for_update(of=("self",)).select_related("subscription")
    row = rows.filter(message=message, subscription__in=seen).first()
    if row is None:
        raise NotFound
    if row.state != QueuedState.DEAD or row.subscription.state == SubscriptionState.ENDED:
        raise NotDead
    return row


def _change(
    row: Subscription,
    version: int,
    actor: Actor,
    at: datetime,
    act: str,
    changes: Mapping[str, Any],
    reason: str = "",
) -> None:
    if row.state == SubscriptionState.ENDED:
        raise SubscriptionOver
    if row.version != version:
        raise VersionConflict
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*changes, "version"])
    _record(row, act, actor, at, **({"reason": reason[:200]} if reason else {}))


def _record(row: Subscription, act: str, actor: Actor, at: datetime, **facts: Any) -> None:
    told = {"topic": row.topic, **facts}
    journal.record(actor=actor, act=act, subject=row.reference, at=at, facts=told)


def _check_callback(callback: str, *, private_ok: bool, actor: Actor) -> None:
    """The address as it is written; what it resolves to is looked at at every delivery."""
    vouches = actor.kind is ActorKind.MACHINE or actor.has_role(Role.OPERATOR)
    if private_ok and not vouches:
        raise NotAllowed
    if not callback:
        return
    try:
        url = URL(callback)
        plain = not url.user and not url.password and not url.fragment and len(callback) <= 500
        egress.check_literal(url, private_ok=private_ok)
    except (AddressForbidden, ValueError) as error:
        raise CallbackForbidden from error
    if not plain:
        raise CallbackForbidden


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(fields=[FieldProblem("reason", "请写明原因。")])
