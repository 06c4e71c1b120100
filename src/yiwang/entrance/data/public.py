"""The public part of the catalogue: what is open, for anybody, without signing in."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.entrance.data.catalogue import item_rows
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import Opening, ResourceFilter
from yiwang.kernel.actor import ANONYMOUS

PAGE_SIZE: Final = 30


@access(ANYONE)
@require_safe
def show_catalogue(request: HttpRequest) -> HttpResponse:
    """Every resource open to the public, by code, found by words of its name or body."""
    text = request.GET.get("q", "").strip()[:60]
    after = request.GET.get("after", "")[:16]
    page = resources.list_resources(
        ANONYMOUS, filter=ResourceFilter(text=text), after=after, limit=PAGE_SIZE
    )
    query = urlencode({"q": text}) if text else ""
    context = {
        "text": text,
        "rows": page.rows,
        "next": f"?{query}{'&' if query else ''}after={page.next}" if page.next else "",
        "first": f"?{query}" if after else "",
    }
    return render(request, "data/open/catalogue.html", context)


@access(ANYONE)
@require_safe
def show_entry(request: HttpRequest, open_resource: str) -> HttpResponse:
    """One resource open to the public: who has it, its items, how it may be had."""
    resource = resources.read_resource(open_resource, ANONYMOUS)
    content = resource.content
    context = {
        "resource": resource,
        "content": content,
        "items": item_rows(resource.items),
        "free": content.opening is Opening.UNCONDITIONAL,
    }
    return render(request, "data/open/entry.html", context)
