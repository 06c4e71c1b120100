"""使用记录: every call under one grant, for both departments' data officers."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import GRANTS
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.item_names import names_of
from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements.definitions import GRANT_ROLES
from yiwang.foundation.exchange import queries as exchange
from yiwang.kernel.moments import now

PAGE_SIZE: Final = 50


@require_GET
@access(OFFICIAL, roles=GRANT_ROLES)
def show_uses(request: HttpRequest, agreement_key: str) -> HttpResponse:
    """How often in all, on each of the last days, and every call, newest first."""
    actor = actor_of(request)
    after = request.GET.get("after", "")[:20]
    view = queries.get_grant(agreement_key, actor, at=now())
    page = queries.list_uses(agreement_key, actor, after=after, limit=PAGE_SIZE)
    codes = sorted({row.item for row in page.rows} - {""})
    context = {
        "links": navigation.links(request),
        "one": view,
        "home": f"{GRANTS}{view.key}/",
        "uses": None if after else queries.count_uses(agreement_key, actor),
        "rows": page.rows,
        "titles": exchange.titles_of([view.service]),
        "systems": exchange.system_names_of({row.system for row in page.rows}),
        "items": dict(zip(codes, names_of(codes), strict=True)),
        "next": f"?after={page.next}" if page.next else "",
        "first": "?" if after else "",
    }
    return render(request, "data/uses.html", context)
