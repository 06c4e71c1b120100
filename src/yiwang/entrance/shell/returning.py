"""The one helper every return address goes through."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest

_LONGEST: Final = 1_000
#: A path on this site: one slash, then no second slash; no backslash, blank or control character.
_LOCAL: Final = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")
#: Pages nobody wants to come back to: they would loop or sign the visitor out.
_NEVER: Final = ("/sign-in", "/sign-out", "/staff/sign-in", "/step-up", "/recover", "/api/")


def safe_path(wanted: str, *, otherwise: str = "/") -> str:
    """``wanted`` when it is a page of this site, else ``otherwise``.

    Refused: other hosts and schemes (``//host``, ``https:…``), backslashes, blanks, control and
    format characters, encoded slashes at the start, sign-in pages themselves.
    """
    if len(wanted) > _LONGEST or _LOCAL.fullmatch(wanted) is None or not wanted.isprintable():
        return otherwise
    if re.match(r"/(%2f|%5c)", wanted, re.IGNORECASE) or wanted.startswith(_NEVER):
        return otherwise
    return wanted


def next_of(request: HttpRequest, *, otherwise: str = "/") -> str:
    """The return address a form or link carries (``next``), made safe."""
    given = request.POST.get("next") or request.GET.get("next") or otherwise
    return safe_path(given, otherwise=otherwise)
