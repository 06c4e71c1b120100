"""大厅网络: the addresses many people in a hall share; slowed down after failures, never locked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.entering import origin_of
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions.places import CannotRegisterNetwork


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.RIGHTS_ROLES)
def halls(request: HttpRequest) -> HttpResponse:
    """The halls' networks, and the form to register one."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            identity.register_hall_network(
                name=request.POST.get("name", ""),
                network=request.POST.get("network", "")[:60],
                actor=request.actor,  # type: ignore[attr-defined]
                at=now(),
            )
        except CannotRegisterNetwork as error:
            refusal = error
        else:
            return HttpResponseRedirect(f"{navigation.HALLS}?done=registered")
    context = {
        "links": navigation.links(request),
        "rows": queries.list_hall_networks(),
        "here": origin_of(request).address,
        "typed": {key: request.POST.get(key, "")[:80] for key in ("name", "network")},
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    status = refusal.status if refusal else 200
    return render(request, "console/halls.html", context, status=status)


@require_POST
@access(OFFICIAL, roles=navigation.RIGHTS_ROLES)
def end(request: HttpRequest, network_key: str) -> HttpResponse:
    """These addresses count as anybody's again."""
    identity.end_hall_network(
        network=network_key,
        actor=request.actor,  # type: ignore[attr-defined]
        at=now(),
    )
    return HttpResponseRedirect(f"{navigation.HALLS}?done=ended")
