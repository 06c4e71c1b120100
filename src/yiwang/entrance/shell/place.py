"""Which division a visitor looks at: chosen, kept in a cookie, else the installation's own."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest

from yiwang.kernel.refusals import NotFound

COOKIE: Final = "division"
_NAME_KEPT_SECONDS = 600


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
    cache.set(key, name, _NAME_KEPT_SECONDS)
    return name


def _look_up(code: str) -> str:
    try:
        from yiwang.network.directory import queries as directory

        division = directory.get_division(code)
    except (NotFound, DatabaseError, ImportError):
        return "选择地区"
    above = [row.name for row in directory.list_ancestors(code) if row.level > 1][-1:]
    return "".join([*above, division.name])
