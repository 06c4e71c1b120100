"""大厅和窗口: opened and closed by who keeps the place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries
from yiwang.entrance.hall import navigation
from yiwang.entrance.hall.navigation import KEEPER_ROLES, PLACES, actor_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal
from yiwang.network.directory import queries as directory

_FIELDS = ("name", "number", "line", "department", "hall")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPER_ROLES)
def show_places(request: HttpRequest) -> HttpResponse:
    """The halls of one's place with their windows; POST opens a hall or a window."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _open(request, actor_of(request))
        except Refusal as error:
            if error.status not in (404, 422):
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{PLACES}?done=1")
    return _page(request, refusal)


def _open(request: HttpRequest, actor: Actor) -> None:
    given = {name: request.POST.get(name, "").strip()[:80] for name in _FIELDS}
    if given["hall"]:
        halls.open_counter(
            hall=given["hall"], number=given["number"].upper(), line=given["line"].upper(),
            department=given["department"], actor=actor, at=now(),
        )  # fmt: skip
    else:
        halls.open_hall(name=given["name"], division_code=_place(actor), actor=actor, at=now())


def _place(actor: Actor) -> str:
    """Where this keeper keeps."""
    return next(grant.division_code for grant in actor.grants if grant.role in KEEPER_ROLES)


def _page(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    actor = actor_of(request)
    rows = queries.list_counters(actor)
    found = queries.list_halls(actor)
    values = {
        "links": navigation.links(request),
        "halls": [(hall, [row for row in rows if row.hall == hall.key]) for hall in found],
        "place": directory.get_division(_place(actor)),
        "departments": directory.list_departments(_place(actor)),
        "typed": {name: request.POST.get(name, "")[:80] for name in _FIELDS},
        "refusal": refusal,
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "hall/places.html", values, status=refusal.status if refusal else 200)


@require_POST
@access(OFFICIAL, roles=KEEPER_ROLES)
def take_act(request: HttpRequest, counter_key: str, act: str) -> HttpResponse:
    """``close``: the window is there no more; ``relieve``: who sits there has left without saying so."""
    step = halls.close_counter if act == "close" else halls.relieve
    try:
        step(counter=counter_key, actor=actor_of(request), at=now())
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _page(request, refusal)
    return HttpResponseRedirect(f"{PLACES}?done=1")
