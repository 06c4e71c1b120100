"""Grants between nodes: the registry signs what each node takes part in, the others keep copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements.actions.granting import tell
from yiwang.foundation.agreements.definitions import GrantState, Origin
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.exchange.topics import actions as topic_actions
from yiwang.foundation.exchange.topics import queries as topics
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import actions as nodes
from yiwang.network.nodes import queries as node_queries
from yiwang.network.nodes.definitions import GRANTS

_MOMENTS: Final = ("valid_from", "valid_until")


@transaction.atomic
def publish_to(*, audiences: Sequence[str], at: datetime, actor: Actor) -> int:
    """At the registry: each of these nodes is told all it takes part in; how many documents.

    The same again changes nothing. Elsewhere nothing is published: 0.
    """
    if not node_queries.is_registry():
        return 0
    for node in sorted(set(audiences)):
        body = {"grants": [dict(one) for one in queries.list_published(node)]}
        nodes.publish(part=GRANTS, audience=node, body=body, at=at, actor=actor)
    return len(set(audiences))


@transaction.atomic
def take_in(*, grants: Sequence[Mapping[str, Any]], at: datetime, actor: Actor) -> int:
    """At another node: copies as the registry has them; what is not named any more has ended.

    Safe to run twice. A grant agreed here is never replaced, a stop of this node alone stays.
    Returns how many copies changed.
    """
    known = {row.key: row for row in DataGrant.objects.select_for_update()}
    changed = 0
    for told in grants:
        row = known.get(str(told["key"]))
        if row is None:
            DataGrant.objects.create(**_columns(told), origin=Origin.REGISTRY, changed_at=at)
        elif row.origin == Origin.LOCAL or row.version == told["version"]:
            continue
        else:
            DataGrant.objects.filter(pk=row.pk).update(**_columns(told), changed_at=at)
        changed += 1
    named = {str(told["key"]) for told in grants}
    gone = DataGrant.objects.filter(origin=Origin.REGISTRY).exclude(key__in=named)
    changed += gone.exclude(state=GrantState.ENDED).update(state=GrantState.ENDED, changed_at=at)
    if changed:
        end_subscriptions(at=at, actor=actor)
        journal.record(
            actor=actor,
            act="agreements.take_in",
            subject="document:grants",
            at=at,
            facts={"changed": changed},
        )
        tell()
    return changed


def end_subscriptions(*, at: datetime, actor: Actor) -> int:
    """Subscriptions of this node whose grant is over end, what waits for them is withdrawn; how many."""
    subscribed = topics.list_subscribed()
    over = DataGrant.objects.filter(key__in=subscribed, state=GrantState.ENDED)
    grants = tuple(over.values_list("key", flat=True))
    return topic_actions.withdraw(grants=grants, actor=actor, at=at) if grants else 0


def _columns(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _MOMENTS else value
        for name, value in told.items()
    }
