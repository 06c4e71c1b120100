"""What integrators ask about: members, services here and at other nodes, one service's OpenAPI.

Signed like a call (an empty body); another node's services are asked of that node, under the seal.
"""

from __future__ import annotations

import re
from typing import Any, Final

from yiwang.foundation.exchange import describing
from yiwang.foundation.exchange.fastpath import callers, envelope, notation, questions, web
from yiwang.foundation.exchange.fastpath.envelope import Head
from yiwang.foundation.exchange.fastpath.house import House
from yiwang.foundation.exchange.fastpath.refusals import (
    NoSuchAddress,
    PartnerNonsense,
    RequestMalformed,
    ServiceUnknown,
)
from yiwang.foundation.exchange.fastpath.snapshot import FastService
from yiwang.foundation.exchange.fastpath.web import Request, Response
from yiwang.kernel import moments

KIND: Final = "services"
MEMBERS: Final = "/exchange/v1/members"
SERVICES: Final = "/exchange/v1/services"
_ADDRESS: Final = re.compile(
    rf"{SERVICES}(?:/([0-9A-Z-]{{2,32}})(?:/([a-z0-9-]{{2,40}})/openapi)?)?/?"
)


async def list_members(house: House, request: Request) -> Response:
    """Every node the registry knows, with its state."""
    _known(house, request)
    members = house.snapshots.current.members.values()
    rows = [{"code": m.code, "name": m.name, "active": m.active} for m in members]
    return web.as_json({"members": sorted(rows, key=lambda row: str(row["code"]))})


async def show_services(house: House, request: Request) -> Response:
    """The services of this node or of another one; one service's OpenAPI."""
    _known(house, request)
    found = _ADDRESS.fullmatch(request.path)
    if found is None or request.query:
        raise NoSuchAddress
    node, name = found.group(1) or house.config.node, found.group(2)
    services = await _services_of(house, node)
    if name is None:
        return web.as_json({"node": node, "services": services})
    for service in services:
        if service.get("code") == f"{node}/{name}":
            return web.as_json(describing.openapi(service))
    raise ServiceUnknown


async def answer(house: House, head: Head, body: bytes) -> bytes:
    """Another node asks what there is here."""
    del head, body
    return notation.write({"services": described(house)})


def described(house: House) -> list[dict[str, Any]]:
    """This node's services that answer, without where they come from."""
    services = house.snapshots.current.services.values()
    mine = f"{house.config.node}/"
    return [_described(s) for s in services if s.active and s.code.startswith(mine)]


def _known(house: House, request: Request) -> None:
    """A caller of this node, once."""
    snapshot, now = house.snapshots.current, moments.now()
    caller = callers.who(snapshot, request, node=house.config.node, now=now)
    nonce = request.header("x-exchange-nonce")
    house.from_callers.take(envelope.message_of(caller.key_id, nonce))
    house.rates.take(f"key {caller.key_id}", caller.per_second)


async def _services_of(house: House, node: str) -> list[dict[str, Any]]:
    if node == house.config.node:
        return described(house)
    raw = await house.partners.ask(house.snapshots.current, node, KIND, b"{}", seconds=10)
    try:
        found = questions.plain_object(raw)["services"]
    except (RequestMalformed, KeyError) as error:
        raise PartnerNonsense from error
    if not isinstance(found, list) or not all(_is_described(one) for one in found):
        raise PartnerNonsense
    return found


def _described(service: FastService) -> dict[str, Any]:
    return {
        "code": service.code,
        "kind": service.kind,
        "title": service.title,
        "summary": service.summary,
        "version": service.version,
        "limit_seconds": service.limit_seconds,
        "reply_bytes": service.reply_bytes,
        "parameters": [dict(parameter) for parameter in service.parameters],
        "fields": [
            {"name": f.name, "title": f.title, "grade": f.grade} for f in service.fields.values()
        ],
    }


def _is_described(given: Any) -> bool:
    texts = ("code", "kind", "title", "summary")
    return (
        isinstance(given, dict)
        and all(isinstance(given.get(name), str) for name in texts)
        and isinstance(given.get("version"), int)
        and all(
            isinstance(given.get(name), list)
            and all(isinstance(o, dict) and isinstance(o.get("name"), str) for o in given[name])
            for name in ("parameters", "fields")
        )
        and all(isinstance(field.get("title"), str) for field in given["fields"])
    )
