"""成员服务: what the host does for every member by itself; the grant comes with membership, nobody asks for it.

A member that is suspended or has left is refused by the exchange before any grant is looked at, so its grants
stay as they are. What people ended stays ended (decision 0351).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from yiwang.foundation.agreements.actions.granting import changed
from yiwang.foundation.agreements.definitions import GrantAct, GrantState, Origin, Way
from yiwang.foundation.agreements.definitions.membership import MemberService
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.exchange import actions as exchange
from yiwang.foundation.exchange.definitions import NewService
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.statements import prepared
from yiwang.network.nodes import queries as node_queries
from yiwang.network.nodes.definitions import NodeRole, NodeState, NodeView

#: A grant is given for so long, and a new one when less than the second is left.
_TERM: Final = timedelta(days=5 * 365)
_LEAST: Final = timedelta(days=30)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@transaction.atomic
def provide_to_members(*, service: MemberService, actor: Actor, at: datetime) -> int:
    """At the host: the service is published, and every member has a grant of it; how many are new.

    Safe to repeat. Elsewhere nothing is provided: 0.
    """
    if node_queries.own_role() is not NodeRole.HOST:
        return 0
    prepared.run(_LOCK, [f"agreements|provide|{service.name}"])
    exchange.put_service(service=_published(service), actor=actor, at=at)
    return sum(
        _grant(service, node, actor, at)
        for node in node_queries.list_nodes()
        if node.state is NodeState.ACTIVE and node.code != settings.NODE
    )


def _published(service: MemberService) -> NewService:
    return NewService(
        code=service.code_at(settings.NODE),
        title=service.title,
        summary=service.summary,
        upstream=f"house:{service.name}",
        fields=service.fields,
        parameters=service.parameters,
        subject_parameter=service.subject_parameter,
        limit_seconds=service.limit_seconds,
        reply_bytes=service.reply_bytes,
    )


def _grant(service: MemberService, node: NodeView, actor: Actor, at: datetime) -> bool:
    """True when it had none that goes on."""
    rows = DataGrant.objects.filter(
        service=service.code_at(settings.NODE), consumer_node=node.code, origin=Origin.LOCAL
    )
    last = rows.order_by("-id").first()
    if last is not None and not _runs_out(last, at):
        return False
    own = node_queries.own()
    names = [field.name for field in service.fields]
    row = DataGrant.objects.create(
        resource="",
        service=service.code_at(settings.NODE),
        consumer=node.uscc,
        consumer_name=node.name,
        consumer_division=node.division_code or own.division_code,
        consumer_node=node.code,
        provider=own.uscc,
        provider_name=own.name,
        provider_division=own.division_code,
        provider_node=own.code,
        purposes=[service.purpose],
        needs_case=False,
        fields=names,
        clear_fields=names,
        way=Way.CALL,
        valid_from=at,
        valid_until=at + _TERM,
        per_day=service.per_day,
        per_second=service.per_second,
        changed_at=at,
    )
    changed(row, actor=actor, at=at)
    return True


def _runs_out(last: DataGrant, at: datetime) -> bool:
    """Its term is over or nearly so; one that people ended does not come back."""
    if last.state == GrantState.ENDED:
        return bool(last.notes) and last.notes[-1]["act"] == GrantAct.EXPIRE
    return last.valid_until <= at + _LEAST
