"""用印许可: at the host which member may use whose seal, taken back at once; every use; at a member what waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import NodeRole, NodeState
from yiwang.support.identity import queries as identity
from yiwang.support.letters import queries as letters
from yiwang.support.licences import queries as licences
from yiwang.support.seals import actions, queries

_SHOWN: Final = (403, 404, 409, 422)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _page(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    actor, after = _actor(request), request.GET.get("after", "")[:20]
    permits, uses = queries.list_permits(actor), queries.list_uses(actor, after=after)
    names = identity.list_names(
        [who for one in permits for who in (one.permitted_by, one.revoked_by) if who]
    )
    context = {
        "links": navigation.links(request),
        "is_host": nodes.own_role() is NodeRole.HOST,
        "by_host": settings.SEAL_DRIVER == "host",
        "members": [
            one
            for one in nodes.list_nodes()
            if one.role is NodeRole.CONSUMER and one.state is NodeState.ACTIVE
        ],
        "waiting_letters": letters.count_waiting_for_seal(),
        "waiting_licences": licences.count_waiting_for_seal(),
        "permits": [
            (one, names.get(one.permitted_by, ""), names.get(one.revoked_by, "")) for one in permits
        ],
        "uses": uses.rows,
        "next": f"?after={uses.next}" if uses.next else "",
        "first": "?" if after else "",
        "typed": {name: request.POST.get(name, "")[:40] for name in ("node", "body")},
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    status = refusal.status if refusal else 200
    return render(request, "console/seals.html", context, status=status)


def _done(request: HttpRequest, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        return _page(request, refusal=refusal)
    return HttpResponseRedirect(f"{navigation.SEALS}?done={done}")


@require_GET
@access(OFFICIAL, roles=navigation.RIGHTS_ROLES)
def show_seals(request: HttpRequest) -> HttpResponse:
    """Who may use whose seal, and the newest uses."""
    return _page(request)


@require_POST
@access(OFFICIAL, roles=navigation.RIGHTS_ROLES)
def permit(request: HttpRequest) -> HttpResponse:
    """This member may have documents sealed with this body's seal."""
    node, body = request.POST.get("node", "")[:40], request.POST.get("body", "").strip()[:40]
    return _done(
        request,
        lambda: actions.permit(node=node, body=body, actor=_actor(request), at=now()),
        "permitted",
    )


@require_POST
@access(OFFICIAL, roles=navigation.RIGHTS_ROLES)
def revoke(request: HttpRequest, seal_permit: str) -> HttpResponse:
    """Taken back, with the reason; it counts from the next request on."""
    reason = request.POST.get("reason", "")[:300]
    actor, at = _actor(request), now()
    return _done(
        request,
        lambda: actions.revoke(key=seal_permit, reason=reason, actor=actor, at=at),
        "revoked",
    )
