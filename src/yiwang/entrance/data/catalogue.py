"""目录: the resources one may see, and one resource with everything known about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.entrance.data import gateways, navigation
from yiwang.entrance.data.navigation import CHECKERS, DATA_ROLES, WRITERS
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.agreements.definitions import ASKERS
from yiwang.foundation.privacy.definitions import GRADE_LABELS, MASK_LABELS
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import (
    KIND_LABELS,
    SHARING_LABELS,
    Datum,
    ResourceFilter,
    ResourceState,
    ResourceView,
    VersionState,
)
from yiwang.foundation.resources.definitions.codes import RESOURCE_STATE_LABELS
from yiwang.foundation.standards.definitions import ELEMENT_TYPE_LABELS
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now

PAGE_SIZE: Final = 50


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def filter_in(request: HttpRequest) -> ResourceFilter:
    """What the list is narrowed by; words of no closed list narrow nothing."""
    provider = request.GET.get("provider", "")
    return ResourceFilter(
        text=request.GET.get("q", "").strip()[:60],
        kind=_known(request, "kind", KIND_LABELS),
        sharing=_known(request, "sharing", SHARING_LABELS),
        provider=provider if re.fullmatch(r"[0-9A-Z]{18}", provider) else "",
        state=_known(request, "state", RESOURCE_STATE_LABELS),
    )


def query_of(wanted: ResourceFilter) -> str:
    """The same as an address says it."""
    said = {
        "q": wanted.text,
        "kind": wanted.kind,
        "sharing": wanted.sharing,
        "provider": wanted.provider,
        "state": wanted.state,
    }
    return urlencode({name: value for name, value in said.items() if value})


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def open_data(request: HttpRequest) -> HttpResponse:
    """The front page of the data pages is the catalogue."""
    return HttpResponseRedirect(navigation.RESOURCES)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_resources(request: HttpRequest) -> HttpResponse:
    """The catalogue by code, narrowed by words and attributes."""
    actor = actor_of(request)
    wanted = filter_in(request)
    after = request.GET.get("after", "")[:16]
    page = resources.list_resources(actor, filter=wanted, after=after, limit=PAGE_SIZE)
    query = query_of(wanted)
    context = {
        "links": navigation.links(request),
        "rows": page.rows,
        "wanted": wanted,
        "kinds": KIND_LABELS.items(),
        "sharings": SHARING_LABELS.items(),
        "states": RESOURCE_STATE_LABELS.items(),
        "query": query,
        "next": f"?{query}{'&' if query else ''}after={page.next}" if page.next else "",
        "first": f"?{query}" if after else "",
        "may_write": any(actor.has_role(role) for role in WRITERS),
    }
    return render(request, "data/resources.html", context)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_resource(request: HttpRequest, resource_key: str) -> HttpResponse:
    """One resource: what it is, its items, who needs them, its versions, what is being written."""
    actor, at = actor_of(request), now()
    resource = resources.read_resource(resource_key, actor)
    keeps = actor.roles_at(resource.division_code, resource.provider)
    open_version = resources.find_open_version(resource.key, actor, at=at)
    writes = bool(set(WRITERS) & keeps)
    checks = bool(set(CHECKERS) & keeps)
    context = {
        "links": navigation.links(request),
        "resource": resource,
        "items": item_rows(resource.items),
        "sources": _sources(resource),
        "gateways": gateways.of_resource(resource, actor),
        "needs": [
            need
            for one in resource.items
            if one.authoritative
            for need in resources.list_needs_of(one.element)
        ],
        "versions": resources.list_versions(resource.key, actor),
        "open": open_version,
        "may_ask": resource.state is ResourceState.PUBLISHED
        and not keeps & set(ASKERS)
        and any(actor.has_role(role) for role in ASKERS),
        "may_write": writes and (open_version is None or open_version.state == VersionState.DRAFT),
        "may_withdraw": checks and resource.state is ResourceState.PUBLISHED,
    }
    return render(request, "data/resource.html", context)


def _known(request: HttpRequest, name: str, labels: object) -> str:
    value = request.GET.get(name, "")
    return value if value in labels else ""  # type: ignore[operator]


def item_rows(items: Sequence[Datum]) -> list[dict[str, object]]:
    """The items of a resource in words."""
    return [_item(one) for one in items]


def _item(one: Datum) -> dict[str, object]:
    return {
        "name": one.name,
        "label": one.label,
        "kind": ELEMENT_TYPE_LABELS[one.kind],
        "length": one.length,
        "element": one.element,
        "grade": GRADE_LABELS.get(one.grade, ""),
        "mask": MASK_LABELS[one.mask],
        "authoritative": one.authoritative,
    }


def _sources(resource: ResourceView) -> list[object]:
    """Of the data it only has copies of: where they come from."""
    copies = {one.element for one in resource.items if one.element and not one.authoritative}
    found = resources.find_sources(copies)
    return [found[element] for element in sorted(found)]
