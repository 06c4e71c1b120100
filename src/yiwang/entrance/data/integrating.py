"""对接服务: what every node answers, one service with its description, health and reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import SERVICES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.agreements import queries as agreements
from yiwang.foundation.agreements.definitions import GRANT_ROLES
from yiwang.foundation.exchange import actions, calls, queries
from yiwang.foundation.exchange.definitions import ServiceKind, State
from yiwang.foundation.resources.definitions import WAY_LABELS, Way
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput, Refusal, TryLater
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import NodeState

#: Kinds of services are called as the ways of sharing that open them.
KIND_LABELS: Final = {kind: WAY_LABELS[Way(kind)] for kind in ServiceKind}
_MOST_REPORT: Final = 200_000


@require_GET
@access(OFFICIAL, roles=GRANT_ROLES)
def show_services(request: HttpRequest) -> HttpResponse:
    """The services of one node, this one's at first; another one is asked through this one."""
    at, own = now(), nodes.own()
    others = [n for n in nodes.list_nodes() if n.state == NodeState.ACTIVE and n.code != own.code]
    wanted = request.GET.get("node", "")
    node = wanted if wanted in {one.code for one in others} else own.code
    refusal: Refusal | None = None
    try:
        rows, following = _services(node, request.GET.get("after", "")[:80])
    except TryLater as away:
        refusal, rows, following = away, [], ""
    health = queries.list_health([str(row["code"]) for row in rows], at=at)
    context = {
        "links": navigation.links(request),
        "members": [(n.code, n.name, n.code == node) for n in (own, *others)],
        "node": node,
        "ready": calls.is_ready(),
        "rows": [_row(row, health) for row in rows],
        "refusal": refusal,
        "next": "?" + urlencode({"node": node, "after": following}) if following else "",
        "first": "?" + urlencode({"node": node}) if request.GET.get("after") else "",
    }
    return render(
        request, "data/exchange/services.html", context, status=refusal.status if refusal else 200
    )


def _services(node: str, after: str) -> tuple[list[Mapping[str, Any]], str]:
    """Of this node from its books, a page at a time; of another one what it says now."""
    if node != settings.NODE:
        return list(calls.list_services_at(node)), ""
    found = queries.list_services(after=after)
    rows: list[Mapping[str, Any]] = [
        {"code": s.code, "title": s.title, "kind": s.kind, "active": s.state == State.ACTIVE}
        for s in found
    ]
    return rows, found[-1].code if len(found) == queries.PAGE else ""


def _row(row: Mapping[str, Any], health: Mapping[str, queries.Health]) -> dict[str, object]:
    code = str(row["code"])
    return {
        "code": code,
        "title": row["title"],
        "kind": KIND_LABELS.get(row["kind"], ""),
        "active": row.get("active", True),
        "health": health.get(code),
    }


@require_GET
@access(OFFICIAL, roles=GRANT_ROLES)
def show_service(request: HttpRequest, exchange_node: str, service_name: str) -> HttpResponse:
    """One service: what it wants, what it answers, how it does, how it was tried."""
    return _page(request, f"{exchange_node}/{service_name}")


def _page(request: HttpRequest, code: str, refusal: Refusal | None = None) -> HttpResponse:
    at, actor = now(), actor_of(request)
    described = agreements.find_description(code)
    own = queries.find_service(code) if code.startswith(f"{settings.NODE}/") else None
    context = {
        "links": navigation.links(request),
        "one": described,
        "code": code,
        "here": f"{SERVICES}{code}/",
        "kind": KIND_LABELS.get(described["kind"], ""),
        "health": queries.list_health([code], at=at).get(code),
        "reports": queries.list_reports(code) if own else (),
        "may_attach": own is not None and _provides(actor, own.department),
        "trials": agreements.list_trial_grants(code, actor, at=at),
        "done": request.GET.get("done", ""),
        "refusal": refusal,
    }
    return render(
        request, "data/exchange/service.html", context, status=refusal.status if refusal else 200
    )


@require_GET
@access(OFFICIAL, roles=GRANT_ROLES)
def openapi(request: HttpRequest, exchange_node: str, service_name: str) -> HttpResponse:
    """The service for tools; for the conformance kit, too."""
    found = agreements.find_description(f"{exchange_node}/{service_name}")
    answer = JsonResponse(queries.openapi(found), json_dumps_params={"ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{service_name}.openapi.json"'
    return answer


@require_POST
@access(OFFICIAL, roles=(Role.DATA_OFFICER,))
def attach(request: HttpRequest, exchange_node: str, service_name: str) -> HttpResponse:
    """The conformance report of one's own service."""
    code = f"{exchange_node}/{service_name}"
    sent = request.FILES.get("report")
    try:
        if sent is None:
            raise typed.wrong("report", "还没有选报告文件")
        raw = sent.read(_MOST_REPORT)
        actions.attach_report(service=code, report=raw, actor=actor_of(request), at=now())
    except InvalidInput as refusal:
        return _page(request, code, refusal)
    return HttpResponseRedirect(f"{SERVICES}{code}/?done=1")


def _provides(actor: Actor, department: str) -> bool:
    return bool(department) and any(
        grant.role == Role.DATA_OFFICER and grant.department == department for grant in actor.grants
    )
