"""Which division a visitor looks at: chosen, kept in a cookie, else the installation's own."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yiwang.network.directory import queries as directory
from yiwang.network.directory.definitions import LookView

COOKIE: Final = "division"
_NAME_KEPT_SECONDS = 600
_LOOK_KEPT_SECONDS = 60
_NEVER: Final = object()


def of(request: HttpRequest) -> str:
    """The 12 digits the visitor chose; anything else in the cookie is ignored."""
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if re.fullmatch(r"[0-9]{12}", chosen) else str(settings.HOME_DIVISION)


def name_of(code: str) -> str:
    """“兰州市城关区”; remembered for ten minutes, because every page shows it."""
    key = f"division-name:{code}"
    known = cache.get(key)
    if isinstance(known, str):
        return known
    name = _look_up(code)
    if name:
        cache.set(key, name, _NAME_KEPT_SECONDS)
    return name or _("选择地区")


def _look_up(code: str) -> str:
    """The refusal page also asks, when the database may be the very thing that is away."""
    try:
        division = directory.find_division(code)
    except DatabaseError:
        division = None
    if division is None:
        return ""
    above = [row.name for row in directory.list_ancestors(code) if row.level > 1][-1:]
    return "".join([*above, division.name])


def look_of(code: str) -> LookView | None:
    """The name and colour of a place; remembered for a minute, because every page shows it."""
    key = f"division-look:{code}"
    known = cache.get(key, _NEVER)
    if known is not _NEVER:
        return known  # type: ignore[no-any-return]
    try:
        look = directory.find_look(code)
    except DatabaseError:
        return None
    cache.set(key, look, _LOOK_KEPT_SECONDS)
    return look
