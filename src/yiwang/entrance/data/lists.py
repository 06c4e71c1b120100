"""The three lists and the census, computed from what items ask and what is published."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import DATA_ROLES
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.agreements import queries as agreements
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import SHARING_LABELS, DemandState
from yiwang.foundation.resources.definitions.lists import DEMAND_LABELS
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now

PAGE_SIZE: Final = 50


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_demand(request: HttpRequest) -> HttpResponse:
    """需求清单: every datum every published item asks of others."""
    given = request.GET.get("state", "")
    state = DemandState(given) if given in DEMAND_LABELS else None
    after = request.GET.get("after", "")[:16]
    page = resources.demand_list(after=after, limit=PAGE_SIZE, state=state)
    said = {"state": state} if state else {}
    context = {
        "links": navigation.links(request),
        "rows": page.rows,
        "tabs": [("", "全部", state is None)]
        + [(one.value, label, one is state) for one, label in DEMAND_LABELS.items()],
        "next": f"?{urlencode({**said, 'after': page.next})}" if page.next else "",
        "first": f"?{urlencode(said)}" if after else "",
    }
    return render(request, "data/demand.html", context)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_duty(request: HttpRequest) -> HttpResponse:
    """责任清单: which body owes which datum to whom; of one body, or of all."""
    given = request.GET.get("provider", "")
    provider = given if re.fullmatch(r"[0-9A-Z]{18}", given) else ""
    after = request.GET.get("after", "")[:60]
    page = resources.duty_list(provider=provider, after=after, limit=PAGE_SIZE)
    said = {"provider": provider} if provider else {}
    context = {
        "links": navigation.links(request),
        "rows": page.rows,
        "provider": provider,
        "next": f"?{urlencode({**said, 'after': page.next})}" if page.next else "",
        "first": f"?{urlencode(said)}" if after else "",
    }
    return render(request, "data/duty.html", context)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_negative(request: HttpRequest) -> HttpResponse:
    """负面清单: what is not shared, by which article."""
    after = request.GET.get("after", "")[:16]
    page = resources.negative_list(after=after, limit=PAGE_SIZE)
    context = {
        "links": navigation.links(request),
        "rows": page.rows,
        "next": f"?after={page.next}" if page.next else "",
        "first": "?" if after else "",
    }
    return render(request, "data/negative.html", context)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_census(request: HttpRequest) -> HttpResponse:
    """普查: how much there is, what is missing, whose part is empty."""
    actor = actor_of(request)
    found = resources.census(at=now(), division_code=_place(actor))
    context = {
        "links": navigation.links(request),
        "census": found,
        "doubted": agreements.count_doubted(actor),
        "by_sharing": [
            (label, value, found.by_sharing.get(value, 0))
            for value, label in SHARING_LABELS.items()
        ],
    }
    return render(request, "data/census.html", context)


def _place(actor: Actor) -> str:
    """The widest place in which the official works with data."""
    places = [one.division_code for one in actor.grants if one.role in DATA_ROLES]
    return min(places, key=lambda code: len(code.rstrip("0")), default="")
