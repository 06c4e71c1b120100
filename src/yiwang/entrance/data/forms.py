"""The data pages' own page that asks once more before an act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yiwang.entrance.data import navigation
from yiwang.entrance.shell.asking import Form, context_of
from yiwang.kernel.refusals import Refusal

__all__ = ["Form", "in_order", "show"]
#: The act one came for stands first, the one that ends something last.
_ORDER: Final = ("main", "", "danger")


def in_order(acts: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Acts (address, word, kind) as they stand beside each other on a page."""
    return sorted(acts, key=lambda act: _ORDER.index(act[2]) if act[2] in _ORDER else 1)


def show(request: HttpRequest, form: Form, *, refusal: Refusal | None = None) -> HttpResponse:
    """The page; after a refusal with its reason on top and what was typed kept."""
    context = {"links": navigation.links(request), **context_of(request, form, refusal)}
    return render(request, "data/act.html", context, status=refusal.status if refusal else 200)
