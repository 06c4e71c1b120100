"""A published query as a service of the exchange: its code, and what the exchange is told."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.foundation.datasources.definitions import (
    MOST_BYTES,
    MOST_LARGE_BYTES,
    Published,
    ServiceKind,
)
from yiwang.foundation.exchange import actions as exchange
from yiwang.foundation.exchange.definitions import (
    NewService,
    ServiceField,
    ServiceParameter,
)
from yiwang.foundation.exchange.definitions import ServiceKind as ExchangeKind
from yiwang.kernel.actor import Actor
from yiwang.network.nodes import queries as nodes

#: What comes around the rows in the reply.
_ENVELOPE: Final = 64 * 1024
#: Beyond the statement's own time: a child may have to open its source first.
_OPENING_SECONDS: Final = 8.0


def code_of(name: str) -> str:
    """The service's code on this node."""
    return f"{nodes.own().code}/{name}"


def put_up(
    published: Published,
    *,
    department: str,
    resource: str,
    was_stopped: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """From now on the exchange calls it so. Refuses ServiceTaken."""
    service = service_of(published, department=department, resource=resource)
    exchange.put_service(service=service, actor=actor, at=at)
    if was_stopped:
        exchange.resume_service(code=service.code, actor=actor, at=at)


def take_down(name: str, *, reason: str, actor: Actor, at: datetime) -> None:
    """The exchange refuses it from now on."""
    exchange.stop_service(code=code_of(name), reason=reason, actor=actor, at=at)


def service_of(published: Published, *, department: str, resource: str = "") -> NewService:
    """A query answers its fields to its parameters; a verification the verdicts to a list of keys."""
    if published.kind is ServiceKind.VERIFY:
        what = "、".join(one.label for one in published.fields)
        fields: tuple[ServiceField, ...] = (ServiceField("verdicts", "核验结果（按次序）", 1),)
        parameters: tuple[ServiceParameter, ...] = (
            ServiceParameter("keys", f"要核验的（{what}）"),
        )
    else:
        fields = tuple(
            ServiceField(one.name, one.label, one.grade, one.mask.lower())
            for one in published.fields
        )
        parameters = tuple(
            ServiceParameter(one.name, one.label, one.required) for one in published.parameters
        )
    return NewService(
        code=code_of(published.name),
        title=published.title,
        upstream=f"local:{published.name}",
        fields=fields,
        kind=ExchangeKind(published.kind.value),
        parameters=parameters,
        resource=resource,
        department=department,
        limit_seconds=published.seconds + _OPENING_SECONDS,
        per_partner=16,
        reply_bytes=MOST_LARGE_BYTES
        if published.large
        else min(published.bytes, MOST_BYTES) + _ENVELOPE,
    )
