"""Narrowing a worklist, and keeping what was narrowed under a name."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions.work import (
    LIGHT_LABELS,
    LONGEST_NAME,
    PHASE_LABELS,
    WorkFilter,
    WorkList,
)
from yiwang.entrance.desk import lists, navigation
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal
from yiwang.network.directory import queries as directory


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a box."""

    value: str
    label: str
    chosen: bool


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def narrow(request: HttpRequest) -> HttpResponse:
    """The boxes of a filter; sent with a name it is kept, and leads to its list."""
    if request.method != "POST":
        return _page(request, lists.filter_of(request))
    wanted = lists.read(request.POST)
    try:
        key = case_actions.keep_filter(
            name=request.POST.get("name", ""),
            filter=wanted,
            actor=request.actor,  # type: ignore[attr-defined]
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(request, wanted, refusal=refusal)
    return HttpResponseRedirect(f"/desk/?filter={key}")


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def forget(request: HttpRequest, filter_key: str) -> HttpResponse:
    """Delete one of one's own filters."""
    case_actions.forget_filter(key=filter_key, actor=request.actor, at=now())  # type: ignore[attr-defined]
    return HttpResponseRedirect("/desk/filters/")


def _page(
    request: HttpRequest, wanted: WorkFilter, *, refusal: Refusal | None = None
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "links": navigation.links(request),
        "wanted": wanted,
        "lists": _choices([(one, lists.LABELS[one]) for one in WorkList], wanted.list),
        "items": _choices(case_queries.list_kinds(actor), wanted.item_code),
        "divisions": _choices(_divisions(actor), wanted.division_code),
        "lights": _choices(list(LIGHT_LABELS.items()), wanted.light),
        "phases": _choices(list(PHASE_LABELS.items()), wanted.phase),
        "orders": _choices([("DUE", "按到期先后"), ("RECEIVED", "按收到先后")], wanted.order),
        "saved": case_queries.list_filters(actor),
        "longest": LONGEST_NAME,
        "name": request.POST.get("name", "")[:100],
        "refusal": refusal,
    }
    return render(request, "desk/filters.html", context, status=refusal.status if refusal else 200)


def _choices(pairs: object, chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(str(v), label, v == chosen) for v, label in pairs)  # type: ignore[attr-defined]


def _divisions(actor: Actor) -> list[tuple[str, str]]:
    """The places an official works for, and those directly below."""
    found: dict[str, str] = {}
    for code in sorted({grant.division_code for grant in actor.grants}):
        for one in (directory.get_division(code), *directory.list_children(code)):
            found[one.code] = one.name
    return list(found.items())
