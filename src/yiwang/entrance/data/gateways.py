"""怎样取用: the ways an entry of the catalogue offers, the services and topics behind them, where each begins."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from yiwang.entrance.data.navigation import REQUESTS, SERVICES, SUBSCRIPTIONS
from yiwang.foundation.agreements.definitions import ASKERS, GRANT_ROLES
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.topics import queries as topics
from yiwang.foundation.exchange.topics.definitions import SUBSCRIBERS
from yiwang.foundation.resources.definitions import WAY_LABELS, ResourceState, ResourceView, Way
from yiwang.kernel.actor import Actor, Role

_ASK: Final = "申请{}"


@dataclass(frozen=True, slots=True)
class Gateway:
    """One way in. ``service`` "": the catalogue names the way, nobody has opened a service yet."""

    way: str
    way_label: str
    service: str
    title: str
    page: str  # of the service, for who may open it
    begin: str  # where the journey begins: a request, or a subscription that is granted already
    begin_label: str


def of_resource(resource: ResourceView, actor: Actor) -> tuple[Gateway, ...]:
    """By the order of the catalogue's ways; what has a service first."""
    services = exchange.list_services_of(resource.code)
    open_ways = {service.kind for service in services}
    asks = (
        resource.state is ResourceState.PUBLISHED and not resource.closed and _asks(actor, resource)
    )
    granted = _granted(actor) if any(one.kind == Way.MESSAGE for one in services) else frozenset()
    found = [
        Gateway(
            way=service.kind,
            way_label=WAY_LABELS[Way(service.kind)],
            service=service.code,
            title=service.title,
            page=f"{SERVICES}{service.code}/" if _any(actor, GRANT_ROLES) else "",
            begin=_begin(resource, service.kind, asks, subscribe=service.code in granted),
            begin_label="去订阅"
            if service.code in granted
            else _ASK.format(WAY_LABELS[Way(service.kind)]),
        )
        for service in services
    ]
    for way in resource.content.ways:
        if way not in open_ways:
            begin = _begin(resource, way, asks, subscribe=False)
            found.append(
                Gateway(way, WAY_LABELS[way], "", "", "", begin, _ASK.format(WAY_LABELS[way]))
            )
    order = list(Way)
    return tuple(sorted(found, key=lambda one: (not one.service, order.index(Way(one.way)))))


def _begin(resource: ResourceView, way: str, asks: bool, *, subscribe: bool) -> str:
    if subscribe:
        return f"{SUBSCRIPTIONS}new/"
    if not asks:
        return ""
    return f"{REQUESTS}new/?{urlencode({'resource': resource.code, 'way': way})}"


def _granted(actor: Actor) -> frozenset[str]:
    """Topics one's own department holds a grant of."""
    if not _any(actor, SUBSCRIBERS):
        return frozenset()
    return frozenset(one.topic for one in topics.list_offers(actor))


def _asks(actor: Actor, resource: ResourceView) -> bool:
    keeps = actor.roles_at(resource.division_code, resource.provider)
    return not keeps & set(ASKERS) and _any(actor, ASKERS)


def _any(actor: Actor, roles: Collection[Role]) -> bool:
    return any(actor.has_role(role) for role in roles)
