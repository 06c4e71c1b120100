"""对接方法: the documented recipes, with this node's address in them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.entrance.data import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.agreements.definitions import GRANT_ROLES

_PAGE: Final = settings.ROOT / "docs" / "look-up" / "exchange-protocol.md"
_EXAMPLE: Final = "http://exchange.example:8010"
LANGUAGES: Final = {"bash": "curl", "python": "Python", "java": "Java 17"}


@require_GET
@access(OFFICIAL, roles=GRANT_ROLES)
def show_recipes(request: HttpRequest) -> HttpResponse:
    """How to call, in three ways; the same text the tests run."""
    context = {
        "links": navigation.links(request),
        "address": settings.EXCHANGE_ADDRESS,
        "recipes": [(title, recipe(language)) for language, title in LANGUAGES.items()],
    }
    return render(request, "data/exchange/recipes.html", context)


def recipe(language: str) -> str:
    """The block of that language on the page of the protocol."""
    block = _protocol().split(f"```{language}\n", 1)[1].split("```", 1)[0]
    return block.replace(_EXAMPLE, settings.EXCHANGE_ADDRESS)


@lru_cache(maxsize=1)
def _protocol() -> str:
    return _PAGE.read_text(encoding="utf-8")
